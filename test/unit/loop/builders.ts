import { makeSample } from '../../../src/core/dataset/identity.ts';
import type { Label, Message, Sample, ToolDefinition, TrainRow } from '../../../src/core/dataset/sample.ts';
import type { CompletionOutcome, CompletionReply } from '../../../src/core/llm/completionPort.ts';
import type { Judgement, ProbeEntry, ProbeOutcome } from '../../../src/core/rounds/journalEntries.ts';

/** Samples, replies and entries with everything filled in that a test does not speak of. */

export const forecastTool: ToolDefinition = {
  name: 'get_forecast',
  parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] },
};
export const trainTool: ToolDefinition = { name: 'find_train', parameters: { type: 'object', properties: { to: { type: 'string' } }, required: ['to'] } };
export const tools: readonly ToolDefinition[] = [forecastTool, trainTool];

export const at = '2026-01-01T00:00:00.000Z';
export const model = { model: 'm', fingerprint: 'sha256:1', simulated: false };

export function forecast(city: string, more: Readonly<Record<string, number | string>> = {}): Label & { readonly kind: 'calls' } {
  return { kind: 'calls', calls: [{ name: 'get_forecast', arguments: { city, ...more } }] };
}

export function user(content: string): readonly Message[] {
  return [{ role: 'user', content }];
}

export function sampleOf(text: string, label: Label = forecast('Oslo')): Sample {
  return makeSample({ tools, messages: user(text), label });
}

export function rowOf(sample: Sample, more: Partial<TrainRow> = {}): TrainRow {
  return { ...sample, v: 1, origin: 'seed', parents: [], since: 1, ...more };
}

export function replyOf(content: string, more: Partial<CompletionReply> = {}): CompletionOutcome {
  const reply: CompletionReply = {
    content,
    reasoning: '',
    calls: [],
    finishReason: 'stop',
    logProbs: [-0.1, -0.2],
    promptTokens: 10,
    completionTokens: 2,
    model: 'm',
    ...more,
  };
  return { ok: true, reply, attempts: 1, elapsedMs: 5 };
}

export const failed: CompletionOutcome = { ok: false, failure: { kind: 'server', status: 500, message: 'down', retryable: true }, attempts: 5, elapsedMs: 9 };

export function callText(city: string): string {
  return `<tool_call>\n{"name": "get_forecast", "arguments": {"city": "${city}"}}\n</tool_call>`;
}

export function probeOf(sample: Sample, outcome: ProbeOutcome, more: Partial<ProbeEntry> = {}): ProbeEntry {
  return {
    v: 1,
    type: 'probe',
    sampleId: sample.id,
    labelHash: sample.labelHash,
    requestKey: 'req_p',
    attempt: 1,
    startedAt: at,
    elapsedMs: 1,
    outcome,
    ppl: 1.5,
    prediction: { kind: 'CALL', calls: forecast('Rome').calls, text: '', warnings: [] },
    ...more,
  };
}

export function judgementOf(sample: Sample, verdict: Judgement['verdict'], more: Partial<Judgement> = {}): Judgement {
  return { sampleId: sample.id, labelHash: sample.labelHash, verdict, analysis: 'a', approach: '', votes: 2, agreeing: 2, simulated: false, by: 'judge', source: 'm', ...more };
}
