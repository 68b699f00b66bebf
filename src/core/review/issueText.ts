import type { Label, Occurrence, Sample } from '../dataset/sample.ts';
import { callsJson } from '../dataset/reading/recordExtras.ts';
import { stringifyJson } from '../json/stringify.ts';
import type { JsonValue } from '../json/value.ts';
import { codeBlock, codeSpan, plainText } from '../text/markdown.ts';
import type { Comparison } from '../toolcall/difference.ts';

/** What is known of a label that is said to be wrong. */
export type IssueEvidence = {
  readonly sample: Sample;
  /** Where it stands; `line` is 1-based. */
  readonly place: (Pick<Occurrence, 'file' | 'record' | 'step'> & { readonly line?: number | undefined }) | undefined;
  /** The answer that shows it, from label to answer. */
  readonly comparison: Comparison | undefined;
  /** What the label breaks of its tools' definitions. */
  readonly violations: readonly string[];
  readonly decision: { readonly ruling: string; readonly note: string | undefined } | undefined;
  readonly judgement: { readonly verdict: string; readonly judges: readonly string[]; readonly agreeing: number; readonly votes: number; readonly analysis: string } | undefined;
  readonly proposed: Label | undefined;
  /** The record with the proposed label, as a unified diff in the dataset's own dialect. */
  readonly diff: string | undefined;
  /** Why there is no diff. */
  readonly noDiff: string | undefined;
};

/** Longer parts are cut, and say so. */
const longest = 8000;

/**
 * Markdown that tells whoever keeps a dataset of one wrong label. Texts of the sample stand in fences that are longer than any
 * run of backticks in them, or with every character escaped that Markdown could take for its own.
 */
export function issueText(evidence: IssueEvidence): string {
  const { sample, place, proposed, diff, noDiff } = evidence;
  const where = place === undefined ? '' : ` in ${codeSpan(place.file)}, record ${place.record + 1}${place.step > 0 ? `, step ${place.step + 1}` : ''}${place.line === undefined ? '' : ` (line ${place.line})`}`;
  const parts = [`## Label of sample ${codeSpan(sample.id)}`, `Sample ${codeSpan(sample.id)}${where}; label ${codeSpan(sample.labelHash)}.`, '### Request', codeBlock(lastRequest(sample), 'text', longest)];
  const tools = calledTools(sample, proposed);
  if (tools.length > 0) parts.push('### Tool', ...tools.map((tool) => codeBlock(json(tool as unknown as JsonValue), 'json', longest)));
  parts.push('### Present label', labelBlock(sample.label), '### Why it is wrong', reasons(evidence));
  if (proposed !== undefined) parts.push('### Proposed label', labelBlock(proposed));
  if (diff !== undefined) parts.push('### Change of the record', codeBlock(diff, 'diff', 4 * longest));
  else if (noDiff !== undefined) parts.push('### Change of the record', plainText(noDiff));
  return `${parts.join('\n\n')}\n`;
}

function reasons({ decision, judgement, comparison, violations }: IssueEvidence): string {
  const lines: string[] = [];
  if (decision?.note !== undefined && decision.note !== '') lines.push(`- Reviewer: ${plainText(decision.note, longest)}`);
  else if (decision !== undefined) lines.push(`- A reviewer ruled: ${plainText(decision.ruling)}.`);
  if (judgement !== undefined) {
    const { verdict, judges, agreeing, votes, analysis } = judgement;
    lines.push(`- Judge ${judges.map((judge) => codeSpan(judge)).join(', ')}: ${plainText(verdict)}${votes > 0 ? `, ${agreeing} of ${votes} votes` : ''}.${analysis === '' ? '' : ` ${plainText(analysis, longest)}`}`);
  }
  for (const violation of violations) lines.push(`- The label breaks the tool's definition: ${plainText(violation)}`);
  for (const difference of comparison?.differences ?? []) lines.push(`- Label against answer: ${plainText(difference.message)}`);
  return lines.length === 0 ? 'Nobody has said why.' : lines.join('\n');
}

/** The last thing that the user said. */
function lastRequest({ messages }: Sample): string {
  return messages.findLast(({ role }) => role === 'user')?.content ?? '';
}

function calledTools({ tools, label }: Sample, proposed: Label | undefined): Sample['tools'] {
  const names = new Set([label, proposed].flatMap((one) => (one?.kind === 'calls' ? one.calls.map(({ name }) => name) : [])));
  return tools.filter(({ name }) => names.has(name));
}

function labelBlock(label: Label): string {
  switch (label.kind) {
    case 'calls':
      return codeBlock(json(callsJson(label.calls)), 'json', longest);
    case 'text':
      return codeBlock(label.text, 'text', longest);
    case 'noCall':
      return 'No call is expected.';
    case 'anyCall':
      return 'Any call is expected.';
    case 'trace':
      return codeBlock(json(label.trace), 'json', longest);
    case 'invalid':
      return codeBlock(label.raw, 'text', longest);
  }
}

/** Over several lines, with numbers as they stand in the data. */
function json(value: JsonValue): string {
  return stringifyJson(value, 2);
}
