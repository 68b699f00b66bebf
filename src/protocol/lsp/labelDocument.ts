import * as z from 'zod';

const position = z.object({ line: z.number().int(), character: z.number().int() });

export const openLabelMethod = 'looptool/openLabel';

/** The label of a sample of an open dataset. */
export const openLabelParamsSchema = z.object({
  textDocument: z.object({ uri: z.string() }),
  /** A place in the record, or its 0-based number. */
  at: z.union([position, z.number().int()]),
  /** 0-based among the assistant steps of the record; the label at the position where absent, else the record's first. */
  step: z.number().int().optional(),
});
export type OpenLabelParams = Readonly<z.infer<typeof openLabelParamsSchema>>;

export const openLabelResultSchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    record: z.number().int(),
    step: z.number().int(),
    sampleId: z.string(),
    labelHash: z.string(),
    /** The label as JSON, without its schema's address. */
    text: z.string(),
    /** JSON Schema as JSON text. */
    schema: z.string(),
  }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);
export type OpenLabelResult = Readonly<z.infer<typeof openLabelResultSchema>>;

export const saveLabelMethod = 'looptool/saveLabel';

/** The edits that put an edited label in the place of the one that was opened. */
export const saveLabelParamsSchema = z.object({
  textDocument: z.object({ uri: z.string() }),
  sampleId: z.string(),
  labelHash: z.string(),
  /** Where the sample stood; it is looked for there first. */
  record: z.number().int(),
  step: z.number().int(),
  text: z.string(),
});
export type SaveLabelParams = Readonly<z.infer<typeof saveLabelParamsSchema>>;

export const saveLabelResultSchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** Of the version of the dataset that the edits are for. */
    version: z.number().int(),
    edits: z.array(z.object({ range: z.object({ start: position, end: position }), newText: z.string() })),
    /** Hash of the label that was written. */
    labelHash: z.string(),
  }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);
export type SaveLabelResult = Readonly<z.infer<typeof saveLabelResultSchema>>;
