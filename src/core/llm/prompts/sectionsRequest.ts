import type { ModelRequest } from '../../loop/requestKey.ts';
import type { Sampling } from '../completionPort.ts';
import { writeSections, type Section } from './sections.ts';

/** A request to the judge or the generator: instructions, then one user message of sections. No tools are offered: those of the sample are data. */
export function sectionsRequest(system: string, sections: readonly Section[], sampling: Sampling, jsonSchema?: ModelRequest['jsonSchema']): ModelRequest {
  return {
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: writeSections(sections) },
    ],
    tools: [],
    sampling,
    logProbs: false,
    ...(jsonSchema === undefined ? {} : { jsonSchema }),
  };
}
