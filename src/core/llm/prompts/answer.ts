import type { Label, Message, ToolCall, ToolDefinition } from '../../dataset/sample.ts';
import type { JsonValue } from '../../json/value.ts';
import type { Prediction } from '../../toolcall/prediction.ts';

/** One side as a judge or generator sees it: the calls, or the text where there is no call. */
export type Answer = { readonly calls: readonly ToolCall[] } | { readonly text: string };

/** Undefined for labels that are a demand (noCall, anyCall), a trace, or unreadable: there is nothing to show. */
export function answerOfLabel(label: Label): Answer | undefined {
  switch (label.kind) {
    case 'calls':
      return { calls: label.calls };
    case 'text':
      return { text: label.text };
    case 'noCall':
    case 'anyCall':
    case 'trace':
    case 'invalid':
      return undefined;
  }
}

export function answerOfPrediction(prediction: Prediction): Answer {
  return prediction.kind === 'CALL' ? { calls: prediction.calls } : { text: prediction.text };
}

/** Optional members may be undefined, which `stringifyJson` leaves out; everything else in these types is JSON. */
export function asJson(value: Answer | readonly Message[] | readonly ToolDefinition[]): JsonValue {
  return value as unknown as JsonValue; // see above
}
