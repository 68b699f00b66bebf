import * as z from 'zod';

const warningSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('toolMissing'), tools: z.array(z.string()).readonly() }),
  z.object({ kind: z.literal('messageMissing'), message: z.number().int(), role: z.enum(['system', 'user', 'assistant', 'tool']) }),
  z.object({ kind: z.literal('callMissing'), message: z.number().int(), name: z.string() }),
  z.object({ kind: z.literal('specialInData'), mark: z.string(), message: z.number().int().optional(), tool: z.string().optional() }),
  z.object({ kind: z.literal('emptyToolBlock') }),
  z.object({ kind: z.literal('twoBeginnings'), token: z.string() }),
]);

/** What goes to the policy for a sample: the exact text, its tokens where the server counts them, and what is wrong with it. */
export const promptPreviewSchema = z.object({
  model: z.string(),
  host: z.string(),
  mode: z.enum(['chat', 'raw']),
  /** Where the template of mode raw comes from, and its hash as in request keys. */
  template: z.object({ name: z.string(), hash: z.string() }).optional(),
  /** Absent where the server makes the prompt and does not show it. */
  text: z.string().optional(),
  /** As the server counts; absent where it does not. */
  tokens: z.number().int().optional(),
  /** Text of each token, where the server gives it. */
  pieces: z.array(z.string()).readonly().optional(),
  /** Of one request, prompt and answer together; absent where the server does not say. */
  context: z.number().int().optional(),
  /** What the answer may have. */
  maxTokens: z.number().int(),
  /** Why the request would not be sent. */
  refusal: z.string().optional(),
  warnings: z.array(warningSchema).readonly(),
});
export type PromptPreview = Readonly<z.infer<typeof promptPreviewSchema>>;
