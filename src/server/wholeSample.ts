import { stringifyJson } from '../core/json/stringify.ts';
import type { ProbeEntry } from '../core/rounds/journalEntries.ts';
import { plainJson } from '../node/plainJson.ts';
import { wholeSampleParamsSchema, type WholeSample } from '../protocol/lsp/wholeSample.ts';
import type { ServerContext } from './feature.ts';

/** Answers `looptool/wholeSample`. */
export function wholeSample(server: ServerContext, params: unknown): WholeSample | null {
  const asked = wholeSampleParamsSchema.safeParse(params);
  if (!asked.success) return null;
  const { uri, record, step } = asked.data;
  const dataset = server.dataset(uri);
  const found = dataset?.record(record)?.samples.find((one) => one.step === step)?.sample;
  if (dataset === undefined || found === undefined) return null;
  const { id, labelHash, family, tools, messages, label } = found;
  const probe = server.results.of(dataset.uri, id)?.probe;
  return {
    sample: stringifyJson(plainJson({ id, labelHash, family, tools, messages, label })),
    ...(probe?.labelHash === labelHash ? { probe: stringifyJson(plainJson(whole(probe))) } : {}),
  };
}

/** Parts of an entry are getters, which a copy of it leaves behind. */
function whole(probe: ProbeEntry): object {
  const { v, type, sampleId, labelHash, requestKey, attempt, startedAt, elapsedMs, outcome, ppl, prediction, comparison } = probe;
  return { v, type, sampleId, labelHash, requestKey, attempt, startedAt, elapsedMs, outcome, ppl, prediction, comparison };
}
