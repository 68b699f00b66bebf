import type { SampleRule } from '../rule.ts';
import { labelFix } from '../fixes.ts';

/** A text this short may well end without a full stop. */
const shortest = 200;

export const rule: SampleRule = {
  id: 'truncated-label',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'The text of the label breaks off.',
    why: 'The answer was cut at a token limit when the data was made: a model learns to stop in the middle.',
    good: 'The forecast for Oslo is 4 degrees and rain, so take an umbrella.',
    bad: 'The forecast for Oslo is 4 degrees and rain, so take an umb',
    shownAt: 'the label',
  },
  check(context) {
    const { label } = context.sample;
    if (label.kind !== 'text') return [];
    const why = whyCut(label.text);
    return why === undefined ? [] : [{ at: { part: 'label' }, message: why, ...(why === unclosed ? { fixes: labelFix(context, 'Close the code block', () => ({ ...label, text: `${label.text.trimEnd()}\n\`\`\`` })) } : {}) }];
  },
};

const unclosed = 'a code block of the label is never closed';

function whyCut(text: string): string | undefined {
  if (count(text, '```') % 2 === 1) return unclosed;
  const end = text.trimEnd();
  if (end.length < shortest) return undefined;
  // A list item, a heading or a link may end without punctuation; running prose does not.
  const lastLine = end.slice(end.lastIndexOf('\n') + 1);
  if (lastLine.length < 60 || /^\s*(?:[-*#>|]|\d+[.)])/.test(lastLine)) return undefined;
  // A name at the end is the end of a list or of a signature.
  if (/(?:^|\s)\p{Lu}\S*$/u.test(end)) return undefined;
  return /[\p{Ll}\p{Lo},;:(-]$/u.test(end) ? `the label ends in the middle: ${JSON.stringify(end.slice(-30))}` : undefined;
}

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found += 1;
  return found;
}
