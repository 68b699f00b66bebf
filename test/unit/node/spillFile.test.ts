import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { SpillFile } from '../../../src/node/spillFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'looptool-spill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('any stretch reads as it was written, wherever the memory ends and the file begins', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }), fc.nat({ max: 300 }), fc.nat({ max: 100 }), (pieces, from, count) => {
      const file = new SpillFile(16, folder);
      for (const piece of pieces) file.append(piece);
      const all = Buffer.concat(pieces);
      const target = new Uint8Array(count);
      const read = file.read(target, from);
      file.close();
      expect(file).toHaveLength(all.length);
      expect(Buffer.from(target.subarray(0, read))).toEqual(all.subarray(from, from + count));
    }),
  );
});

test('nothing of it is to be seen in the folder while it is in use, so that nothing is left whatever ends the process', () => {
  const file = new SpillFile(16, folder);
  file.append(new Uint8Array(1000).fill(7));
  expect(readdirSync(folder)).toEqual([]);
  const target = new Uint8Array(1000);
  expect(file.read(target, 0)).toBe(1000);
  expect(target.every((byte) => byte === 7)).toBe(true);
  file.close();
});

test('a folder that cannot be written is an error that names it', () => {
  const file = new SpillFile(16, join(folder, 'nowhere'));
  expect(() => file.append(new Uint8Array(17))).toThrow(/nowhere could not be written/);
});
