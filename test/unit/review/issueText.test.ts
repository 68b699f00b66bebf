import { expect, it } from 'vitest';
import { makeSample } from '../../../src/core/dataset/identity.ts';
import { issueText, type IssueEvidence } from '../../../src/core/review/issueText.ts';

const hostile = ['````\n# broken out\n<img src=x onerror=alert(1)>\n````', '```\n@everyone [x](javascript:alert(1)) ![y](http://tracker.invalid/a.png)', '\u202eevil\u200b', '~~~\n<script>', '`` ` ``', 'http://tracker.invalid/?q=1 #123 @someone'];

/** What stands outside of code: fences are runs of backticks at the start of a line, closed by as many at least. */
function outside(markdown: string): string {
  let fence = 0;
  const lines: string[] = [];
  for (const line of markdown.split('\n')) {
    const run = /^`{3,}/.exec(line)?.[0].length ?? 0;
    if (fence > 0) {
      if (run >= fence && line.trim() === '`'.repeat(run)) fence = 0;
    } else if (run > 0) fence = run;
    else lines.push(line.replaceAll(/(`+) .*? \1(?!`)/g, ''));
  }
  expect(fence).toBe(0);
  return lines.join('\n');
}

it.each(hostile)('keeps %j within its fences, or escaped', (text) => {
  const sample = makeSample({ tools: [{ name: text, description: text, parameters: { type: 'object', properties: { [text]: { type: 'string' } } } }], messages: [{ role: 'user', content: text }], label: { kind: 'calls', calls: [{ name: text, arguments: { [text]: text } }] } });
  const evidence: IssueEvidence = {
    sample, place: { file: text, record: 3, step: 1, line: 4 }, comparison: { mode: 'default', equal: false, differences: [{ kind: 'value', severity: 'error', path: [], message: text }] } as unknown as IssueEvidence['comparison'],
    violations: [text], decision: { ruling: 'edit', note: text }, judgement: { verdict: 'LABEL_WRONG', judges: [text], agreeing: 2, votes: 2, analysis: text },
    proposed: { kind: 'text', text }, diff: `--- a/f\n+++ b/f\n@@ -1 +1 @@\n-${text}\n+x\n`, noDiff: undefined,
  };
  const markdown = issueText(evidence);
  expect(markdown).not.toMatch(/[\u202e\u200b]/);
  const free = outside(markdown);
  expect(free).not.toMatch(/<|(?<!\\)!\[|(?<!\\)\[|(?<!\\)@|https?:\/\/|^# broken/m);
  expect(free).toContain('### Present label');
  expect(free).toContain('record 4, step 2 (line 4)');
});
