import type { RecordSample } from '../../core/dataset/dialect.ts';
import type { ToolCall } from '../../core/dataset/sample.ts';
import { sampleKind, type SampleKind } from '../../core/loop/sampleKind.ts';
import type { Judgement, ProbeEntry } from '../../core/rounds/journalEntries.ts';
import { compileTextKinds, noTextKinds } from '../../core/toolcall/textKinds.ts';
import { codeSpan, plainText } from '../../core/text/markdown.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import type { DocumentFinding } from '../documents.ts';
import type { SampleResult } from '../sampleResults.ts';
import type { ServerContext } from '../feature.ts';
import { callText } from './callText.ts';

const mostSamples = 12;
const mostTools = 12;
const mostCalls = 6;
const kindNames: Readonly<Record<SampleKind, string>> = { single: 'one call', parallel: 'parallel calls', multiTurn: 'multi-turn', ask: 'no call: asks', decline: 'no call: declines', answer: 'no call: answers', other: 'no label to train on' };

/** What is known of a record: its samples, findings, and what the loop made of them. */
export function cardBlocks(server: Pick<ServerContext, 'results' | 'projectOf'>, dataset: OpenDataset, record: RecordView): readonly string[] {
  const { samples } = record;
  const findings = findingsIn(dataset, record);
  const found = findings === undefined ? 'being checked' : findings.length === 0 ? 'no findings' : bySeverity(findings);
  const head = `**Record ${record.index + 1}** of ${dataset.recordCount}, ${plainText(record.dialect.name, 60)}: ${found}`;
  if (samples.length === 0) return [head, record.value === undefined ? 'It cannot be read as JSON.' : 'It holds no sample.'];
  const kinds = textKindsOf(server, dataset);
  const shown = samples.slice(0, mostSamples).flatMap((sample) => sampleBlocks(sample, kinds, server.results.of(dataset.uri, sample.sample.id), samples.length));
  return [head, toolsLine(samples), ...shown, ...(samples.length > mostSamples ? [`… ${samples.length - mostSamples} more samples`] : [])];
}

function textKindsOf(server: Pick<ServerContext, 'projectOf'>, { uri }: OpenDataset): ReturnType<typeof compileTextKinds> {
  const config = server.projectOf(uri)?.config;
  return config === undefined ? noTextKinds : compileTextKinds(config.textKinds);
}

function findingsIn({ findings }: OpenDataset, { span }: RecordView): readonly DocumentFinding[] | undefined {
  if (findings === undefined) return undefined;
  let low = 0;
  let high = findings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((findings[middle]?.range.start ?? Infinity) < span.start) low = middle + 1;
    else high = middle;
  }
  const found: DocumentFinding[] = [];
  for (let at = low; (findings[at]?.range.start ?? Infinity) < span.end || findings[at]?.range.start === span.start; at += 1) {
    const finding = findings[at];
    if (finding !== undefined) found.push(finding);
  }
  return found;
}

function bySeverity(findings: readonly DocumentFinding[]): string {
  return (['error', 'warning', 'information'] as const)
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity === 'information' ? 'hint' : severity}${count === 1 ? '' : 's'}`)
    .join(', ');
}

function toolsLine(samples: readonly RecordSample[]): string {
  const names = [...new Set(samples.flatMap(({ sample }) => sample.tools.map(({ name }) => name)))];
  if (names.length === 0) return 'No tools';
  return `${names.length} tool${names.length === 1 ? '' : 's'}: ${names.slice(0, mostTools).map((name) => codeSpan(name, 60)).join(', ')}${names.length > mostTools ? ` and ${names.length - mostTools} more` : ''}`;
}

function sampleBlocks({ sample, step }: RecordSample, kinds: ReturnType<typeof compileTextKinds>, result: SampleResult | undefined, count: number): readonly string[] {
  const turns = sample.messages.filter(({ role }) => role === 'user').length;
  const { label } = sample;
  const calls = label.kind === 'calls' ? `: ${callsLine(label.calls)}` : '';
  const head = `${count > 1 ? `**Step ${step + 1}** ` : ''}${kindNames[sampleKind(sample, kinds)]}, ${turns} turn${turns === 1 ? '' : 's'} of the user${calls}`;
  if (result === undefined) return [head, 'Not probed'];
  const { probe, judgement, round, rounds } = result;
  return [
    head,
    ...(probe === undefined ? ['Not probed'] : probeBlocks(probe, sample.labelHash, round)),
    ...(judgement === undefined ? [] : judgementBlocks(judgement, sample.labelHash)),
    ...(rounds.length === 0 ? [] : [`In round${rounds.length === 1 ? '' : 's'} ${rounds.join(', ')}`]),
  ];
}

function callsLine(calls: readonly ToolCall[]): string {
  return `${calls.slice(0, mostCalls).map((call) => codeSpan(callText(call), 400)).join(', ')}${calls.length > mostCalls ? ` and ${calls.length - mostCalls} more` : ''}`;
}

const outcomes: Readonly<Record<ProbeEntry['outcome'], string>> = { MATCH: 'matches the label', MATCH_UNVERIFIED: 'matches the label (text, unverified)', MISMATCH: 'differs from the label', TRUNCATED: 'was cut off', INVALID: 'cannot be read', EMPTY: 'is empty', ERROR: 'failed' };

function probeBlocks(probe: ProbeEntry, labelHash: string, round: number | undefined): readonly string[] {
  const where = round === undefined ? 'on its own' : `round ${round}`;
  const ppl = probe.ppl === null ? '' : `, perplexity ${probe.ppl.toPrecision(3)}`;
  const stale = probe.labelHash === labelHash ? '' : '; the label has changed since';
  const { prediction, comparison } = probe;
  const answer = prediction === undefined ? [] : prediction.calls.length > 0 ? [`Prediction: ${callsLine(prediction.calls)}`] : prediction.text === '' ? [] : [`Prediction: ${codeSpan(prediction.text, 400)}`];
  const differences = probe.outcome === 'MISMATCH' ? (comparison?.differences ?? []).slice(0, 5).map(({ message }) => `- ${plainText(message, 300)}`).join('\n') : '';
  const error = probe.error === undefined ? [] : [plainText(probe.error, 300)];
  return [`**Probe** (${where}): the answer ${outcomes[probe.outcome]}${ppl}${stale}`, ...answer, ...(differences === '' ? [] : [differences]), ...error];
}

const verdictNames: Readonly<Record<Judgement['verdict'], string>> = { PRED_WRONG: 'the prediction is wrong', LABEL_WRONG: 'the label is wrong', BOTH_CORRECT: 'both are right', BOTH_WRONG: 'both are wrong', NO_CONSENSUS: 'no consensus' };

function judgementBlocks(judgement: Judgement, labelHash: string): readonly string[] {
  const who = judgement.by === 'person' ? 'a person' : judgement.by === 'preCheck' ? 'the check before the judge' : `the judge, ${judgement.agreeing} of ${judgement.votes} votes${judgement.simulated ? ', simulated' : ''}`;
  const stale = judgement.labelHash === labelHash ? '' : '; the label has changed since';
  return [`**Verdict** (${who}): ${verdictNames[judgement.verdict]}${stale}`, ...(judgement.analysis === '' ? [] : [plainText(judgement.analysis, 1500)])];
}
