import type { OpenAiEndpoint } from '../core/config/projectConfig.ts';
import type { StructuredOutput } from '../node/openaiRequest.ts';
import type { AppPorts } from './ports.ts';

const known = new WeakMap<AppPorts, Map<string, StructuredOutput>>();

/** What a job has learnt of the structured output of one model at one server; the same object for all stages of the job, which write what is refused into it. */
export function structuredOutputOf(ports: AppPorts, { baseUrl, model, structuredOutput }: Pick<OpenAiEndpoint, 'baseUrl' | 'model' | 'structuredOutput'>): StructuredOutput {
  if (structuredOutput === 'off') return { jsonSchema: false, jsonObject: false };
  const ofJob = known.get(ports) ?? new Map<string, StructuredOutput>();
  known.set(ports, ofJob);
  const key = `${baseUrl} ${model}`;
  const structured = ofJob.get(key) ?? { jsonSchema: true, jsonObject: true };
  ofJob.set(key, structured);
  return structured;
}
