import type { ModelRequest } from '../../loop/requestKey.ts';
import type { Sampling } from '../completionPort.ts';
import { writeSections, type Section } from './sections.ts';

export type RequestExtras = {
  readonly jsonSchema?: ModelRequest['jsonSchema'];
  /** What stands behind the last section: long data makes models forget what came before it. */
  readonly reminder?: string;
};

/** A request to the judge or the generator: instructions, then one user message of sections. No tools are offered: those of the sample are data. */
export function sectionsRequest(system: string, sections: readonly Section[], sampling: Sampling, { jsonSchema, reminder }: RequestExtras = {}): ModelRequest {
  const data = writeSections(sections);
  return {
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: reminder === undefined ? data : `${data}\n\n${reminder}` },
    ],
    tools: [],
    sampling,
    logProbs: false,
    ...(jsonSchema === undefined ? {} : { jsonSchema }),
  };
}
