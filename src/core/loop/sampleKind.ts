import type { Sample } from '../dataset/sample.ts';
import { classifyText, type CompiledTextKinds } from '../toolcall/textKinds.ts';

/** What a sample asks of the policy, coarsely: the unit in which a set is kept in proportion. */
export const sampleKinds = ['single', 'parallel', 'multiTurn', 'ask', 'decline', 'answer', 'other'] as const;
export type SampleKind = (typeof sampleKinds)[number];

/** A sample with calls in its history is `multiTurn` whatever follows from them, unless a text that asks or declines does. */
export function sampleKind(sample: Pick<Sample, 'messages' | 'label'>, textKinds: CompiledTextKinds): SampleKind {
  const { label } = sample;
  const laterStep = sample.messages.some((message) => message.role === 'tool' || (message.role === 'assistant' && message.calls.length > 0));
  switch (label.kind) {
    case 'calls':
      return laterStep ? 'multiTurn' : label.calls.length > 1 ? 'parallel' : 'single';
    case 'text': {
      const kind = (label.textKind ?? classifyText(label.text, textKinds))?.kind ?? 'answer';
      return kind === 'answer' && laterStep ? 'multiTurn' : kind;
    }
    case 'noCall':
      return 'decline';
    case 'anyCall':
      return laterStep ? 'multiTurn' : 'single';
    case 'trace':
    case 'invalid':
      return 'other';
  }
}

/** The tool that a sample is about, for spreading a cut evenly: the first one called, else the kind of the text. */
export function leadingTool(sample: Pick<Sample, 'label'>): string {
  const { label } = sample;
  if (label.kind === 'calls') return `tool ${label.calls[0]?.name ?? ''}`;
  return label.kind === 'text' ? `text ${label.textKind?.kind ?? ''}` : label.kind;
}
