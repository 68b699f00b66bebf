import * as z from 'zod';
import { toolCallSchema } from '../dataset/sample.ts';

export const predictionKinds = ['CALL', 'TEXT_ASK', 'TEXT_DECLINE', 'TEXT_ANSWER', 'EMPTY', 'TRUNCATED', 'INVALID'] as const;
export type PredictionKind = (typeof predictionKinds)[number];

/** What a model answered, or what a label says, after extraction. Reasoning is never a source of calls. */
export const predictionSchema = z.object({
  kind: z.enum(predictionKinds),
  calls: z.array(toolCallSchema).readonly(),
  /** Answer text outside of calls, reasoning removed, trimmed. */
  text: z.string(),
  /** For TEXT_ASK: the argument asked for, when known. */
  argument: z.string().optional(),
  /** Why INVALID or TRUNCATED, and anything odd that was tolerated. */
  warnings: z.array(z.string()).readonly(),
});
export type Prediction = Readonly<z.infer<typeof predictionSchema>>;
