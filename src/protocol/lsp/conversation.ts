import * as z from 'zod';

const offsetRange = z.object({ start: z.object({ line: z.number().int(), character: z.number().int() }), end: z.object({ line: z.number().int(), character: z.number().int() }) });

export const conversationMethod = 'looptool/conversation';

/** The record at a place of an open dataset, as a conversation. */
export const conversationParamsSchema = z.object({
  textDocument: z.object({ uri: z.string() }),
  position: z.object({ line: z.number().int(), character: z.number().int() }),
});

export const conversationResultSchema = z
  .object({
    /** 0-based number of the record. */
    record: z.number().int(),
    text: z.string(),
    /** Line of the text that shows what stands at the place. */
    line: z.number().int(),
    /** What the lines of the text show, from `line` up to the next mark: `range` is in the dataset. */
    marks: z.array(z.object({ line: z.number().int(), range: offsetRange.optional() })),
    /** Labels of the text: where they are headed, and which step of the record they are. `editable`: the dialect can take another label in its place. */
    labels: z.array(z.object({ line: z.number().int(), step: z.number().int(), sampleId: z.string(), editable: z.boolean() })),
  })
  /** Where no record stands. */
  .nullable();
export type ConversationResult = Readonly<z.infer<typeof conversationResultSchema>>;
