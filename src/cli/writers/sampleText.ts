import type { Label, Sample } from '../../core/dataset/sample.ts';
import { answerOfLabel, answerOfPrediction, type Answer } from '../../core/llm/prompts/answer.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import type { Judgement, ProbeEntry } from '../../core/rounds/journalEntries.ts';
import { visibleText } from '../../core/text/visibleText.ts';
import type { SampleActionResult } from '../../protocol/sampleRequest.ts';

type Expansion = NonNullable<SampleActionResult['expansions']>[number];

/** What one action on one sample came to, for people. */
export function sampleText(result: SampleActionResult): string {
  const { occurrence, sampleId, round, known, probe, judgement, expansions } = result;
  const where = round === undefined ? 'scratch journal' : `round ${round}`;
  const place = occurrence === undefined ? sampleId : `${occurrence.file} record ${occurrence.record + 1}, step ${occurrence.step + 1} (${sampleId})`;
  const lines = [`${place}, ${where}${known ? ', answered before' : ''}`];
  if (probe !== undefined) lines.push(...probeLines(probe));
  if (judgement !== undefined) lines.push(...judgementLines(judgement));
  for (const expansion of expansions ?? []) lines.push(...expansionLines(expansion));
  return visibleText(lines.join('\n'));
}

function probeLines({ outcome, ppl, pplMissing, prediction, comparison }: ProbeEntry): readonly string[] {
  const perplexity = ppl === null ? `no perplexity: ${pplMissing ?? 'unknown'}` : `perplexity ${ppl.toFixed(3)}`;
  return [
    `${outcome}, ${perplexity}`,
    ...(prediction === undefined ? [] : answerLines('prediction', answerOfPrediction(prediction))),
    ...(comparison?.differences ?? []).map(({ message }) => `  ${message}`),
  ];
}

function judgementLines({ verdict, by, source, agreeing, votes, analysis, relabel, refused }: Judgement): readonly string[] {
  const who = by === 'judge' ? `${source}, ${agreeing} of ${votes} votes` : by === 'person' ? `decided by ${source}` : 'decided by rule';
  return [
    `${verdict} (${who})`,
    ...(analysis === '' ? [] : [`  ${analysis}`]),
    ...(relabel === undefined ? [] : labelLines('label to take', relabel)),
    ...(refused === undefined ? [] : [`  not replaced: ${refused}`]),
  ];
}

export function expansionLines({ k, variation, kind, status, gate, reason, sample }: Expansion): readonly string[] {
  const end = status === 'accepted' ? 'accepted' : status === 'open' ? 'not judged' : `refused by the gate ${gate ?? ''}: ${reason}`;
  return [`${k + 1}. ${variation}${kind === undefined || kind === 'same' ? '' : `, ${kind}`}: ${end}`, ...(sample === undefined ? [] : [...requestLines(sample), ...labelLines('label', sample.label)])];
}

/** What an expansion was made from. */
export function seedLines({ request, label }: { readonly request: string; readonly label: Label }): readonly string[] {
  return [`  seed     ${request}`, ...labelLines('seed label', label)];
}

function requestLines({ messages }: Sample): readonly string[] {
  const last = messages.findLast(({ role }) => role === 'user');
  return last === undefined ? [] : [`  request  ${last.content}`];
}

function labelLines(title: string, label: Label): readonly string[] {
  const answer = answerOfLabel(label);
  return answer === undefined ? [] : answerLines(title, answer);
}

function answerLines(title: string, answer: Answer): readonly string[] {
  if ('text' in answer) return [`  ${title}  ${answer.text}`];
  return answer.calls.map((call) => `  ${title}  ${call.name} ${stringifyJson(call.arguments)}`);
}
