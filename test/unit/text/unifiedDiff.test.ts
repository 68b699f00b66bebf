import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { applyEdits } from '../../../src/core/dataset/labelEdit.ts';
import { invertEdits } from '../../../src/core/text/invertEdits.ts';
import { unifiedDiff } from '../../../src/core/text/unifiedDiff.ts';

type Edit = { readonly start: number; readonly end: number; readonly newText: string };

const lines = fc.array(fc.constantFrom('a', 'b', '', 'a b', 'é\r', '+x', '-y', ' ', '\\ No'), { maxLength: 24 });
const text = fc.tuple(lines, fc.constantFrom('', '\n')).map(([all, end]) => all.join('\n') + end);
const cuts = fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.constantFrom('', 'z', '\n', 'z\nz', 'z\n', '\nz', 'a\n')), { maxLength: 5 });

function editsOf(before: string, wishes: readonly (readonly [number, number, string])[]): readonly Edit[] {
  const edits: Edit[] = [];
  for (const [place, length, newText] of [...wishes].sort((a, b) => (a[0] % (before.length + 1)) - (b[0] % (before.length + 1)))) {
    const start = place % (before.length + 1);
    if (start >= (edits.at(-1)?.end ?? 0) && start !== edits.at(-1)?.start) edits.push({ start, end: Math.min(start + length, before.length), newText });
  }
  return edits;
}

/** Applies a diff with no more trust than `patch` has: every line of context and every count has to fit. */
function applied(before: string, diff: string, context: number): string {
  if (diff === '') return before;
  const source = before === '' ? [] : before.split(/(?<=\n)/);
  const rows = diff.split('\n').slice(2, -1);
  const result: string[] = [];
  let at = 0;
  for (let row = 0; row < rows.length; ) {
    const [, oldStart = '', oldCount = '1', newStart = '', newCount = '1'] = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/.exec(rows[row++] ?? '') ?? [];
    const start = Number(oldCount) === 0 ? Number(oldStart) : Number(oldStart) - 1;
    while (at < start) result.push(source[at++] ?? 'beyond the end');
    expect(result.length).toBe(Number(newCount) === 0 ? Number(newStart) : Number(newStart) - 1);
    let [olds, news, kept] = [0, 0, 0];
    while (row < rows.length && !(rows[row] ?? '').startsWith('@@')) {
      const mark = (rows[row] ?? '').charAt(0);
      const open = (rows[row + 1] ?? '').startsWith('\\');
      const line = (rows[row] ?? '').slice(1) + (open ? '' : '\n');
      row += open ? 2 : 1;
      if (mark !== '+') {
        expect(source[at++]).toBe(line);
        olds++;
      }
      if (mark !== '-') {
        result.push(line);
        news++;
      }
      kept = mark === ' ' ? kept + 1 : 0;
      expect(kept).toBeLessThanOrEqual(2 * context);
    }
    expect(kept).toBeLessThanOrEqual(context);
    expect([olds, news]).toEqual([Number(oldCount), Number(newCount)]);
  }
  return result.join('') + source.slice(at).join('');
}

describe('unifiedDiff', () => {
  it('applied to the text gives the edited text', () => {
    fc.assert(
      fc.property(text, cuts, fc.constantFrom(0, 1, 3), (before, wishes, context) => {
        const edits = editsOf(before, wishes);
        const after = applyEdits(before, edits);
        const diff = unifiedDiff('a.jsonl', before, edits, context);
        expect(applied(before, diff, context)).toBe(after);
        expect(diff === '').toBe(before === after);
        expect(applyEdits(after, invertEdits(before, edits))).toBe(before);
      }),
      { numRuns: 3000 },
    );
  });

  it('is written as diff -u writes it', () => {
    const before = `${Array.from({ length: 20 }, (_, line) => `line ${line + 1}`).join('\n')}`;
    const at = (word: string): number => before.indexOf(word);
    const edits = [
      { start: at('line 3'), end: at('line 4'), newText: '' },
      { start: at('line 5') + 4, end: at('line 5') + 4, newText: 's' },
      { start: before.length, end: before.length, newText: '\nlast' },
    ];
    expect(unifiedDiff('data/a.txt', before, edits)).toBe(
      `--- a/data/a.txt
+++ b/data/a.txt
@@ -1,8 +1,7 @@
 line 1
 line 2
-line 3
 line 4
-line 5
+lines 5
 line 6
 line 7
 line 8
@@ -17,4 +16,5 @@
 line 17
 line 18
 line 19
-line 20
\\ No newline at end of file
+line 20
+last
\\ No newline at end of file
`,
    );
  });

  it('keeps lines of any length whole', () => {
    const long = 'x'.repeat(5000);
    expect(unifiedDiff('a', `${long}\n`, [{ start: 10, end: 11, newText: 'y' }])).toBe(`--- a/a\n+++ b/a\n@@ -1 +1 @@\n-${long}\n+${long.slice(0, 10)}y${long.slice(11)}\n`);
  });

  it('is nothing where edits change nothing', () => {
    expect(unifiedDiff('a', 'x\ny\n', [{ start: 0, end: 1, newText: 'x' }])).toBe('');
  });

  it('names files of a text without lines', () => {
    expect(unifiedDiff('my "set".jsonl', '', [{ start: 0, end: 0, newText: 'x\n' }])).toBe('--- "a/my \\"set\\".jsonl"\n+++ "b/my \\"set\\".jsonl"\n@@ -0,0 +1 @@\n+x\n');
  });
});

const folder = mkdtempSync(join(tmpdir(), 'unified-diff-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hasGit = spawnSync('git', ['--version']).status === 0;

// Without git the property above still applies the diffs by itself.
describe.skipIf(!hasGit)('git apply', () => {
  it.each(['plain.jsonl', 'in a folder/with blanks.json', 'é.json', ...(process.platform === 'win32' ? [] : ['q"uo\\te.json'])])('takes the diff of %s', (name) => {
    fc.assert(
      fc.property(text, cuts, (before, wishes) => {
        const edits = editsOf(before, wishes);
        const after = applyEdits(before, edits);
        if (before === '' || after === '' || before === after) return;
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), before);
        const run = spawnSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, env: { ...process.env, GIT_DIR: undefined, GIT_CEILING_DIRECTORIES: folder }, input: unifiedDiff(name, before, edits), encoding: 'utf8' });
        expect(run.stderr).toBe('');
        expect(readFileSync(join(folder, name), 'utf8')).toBe(after);
      }),
      { numRuns: 12 },
    );
  });
});
