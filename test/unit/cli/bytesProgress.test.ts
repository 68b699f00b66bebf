import { expect, test } from 'vitest';
import { withBytesProgress } from '../../../src/cli/bytesProgress.ts';

test('a terminal sees how far it is, now and then, and nothing of it afterwards', async () => {
  const written: string[] = [];
  let time = 0;
  const terminal = { isTTY: true, write: (text: string) => written.push(text) };
  const result = await withBytesProgress(terminal, () => time, async (onProgress) => {
    for (const bytesDone of [1e6, 2e6, 3e6]) {
      time += 150;
      onProgress({ bytesDone, bytesTotal: 4e6 });
    }
    onProgress({ bytesDone: 3e6, bytesTotal: undefined });
    return 5;
  });
  expect(result).toBe(5);
  expect(written).toEqual(['\r\u001b[2K2.0 of 4.0 MB (50 %)', '\r\u001b[2K']);
});

test('what is no terminal sees nothing', async () => {
  const written: string[] = [];
  await withBytesProgress({ write: (text) => written.push(text) }, () => 1e9, async (onProgress) => onProgress({ bytesDone: 1, bytesTotal: 2 }));
  expect(written).toEqual([]);
});
