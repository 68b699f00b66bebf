import * as z from 'zod';
import { jsonObjectSchema, jsonValueSchema } from '../json/value.ts';

/** A tool as its dataset defines it; `parameters` is the schema as found, normalised only by `core/schema`. */
export const toolDefinitionSchema = z.object({
  name: z.string(),
  description: z.string().optional(),
  parameters: jsonObjectSchema.optional(),
  /** What else the dataset says of the tool (`category`, a `required` outside of the schema); written back, no part of the identity. */
  extras: jsonObjectSchema.optional(),
});
export type ToolDefinition = Readonly<z.infer<typeof toolDefinitionSchema>>;

export const toolCallSchema = z.object({ name: z.string(), arguments: jsonObjectSchema });
export type ToolCall = Readonly<z.infer<typeof toolCallSchema>>;

/** Call ids are not kept: they carry no meaning. A tool message answers the calls before it in order unless `answers` names another (0-based). */
export const messageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string() }),
  z.object({ role: z.literal('user'), content: z.string() }),
  z.object({ role: z.literal('assistant'), content: z.string(), calls: z.array(toolCallSchema).readonly() }),
  z.object({ role: z.literal('tool'), content: z.string(), name: z.string().optional(), answers: z.number().int().optional() }),
]);
export type Message = Readonly<z.infer<typeof messageSchema>>;

/** What a text answer does. `ask` may name the argument that it asks for. */
export const textKindSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ask'), argument: z.string().optional() }),
  z.object({ kind: z.literal('decline') }),
  z.object({ kind: z.literal('answer') }),
]);
export type TextKind = Readonly<z.infer<typeof textKindSchema>>;

/** The reference answer. `trace` is read and shown, never probed; `invalid` is a finding. */
export const labelSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('calls'),
    calls: z.array(toolCallSchema).min(1).readonly(),
    /** Further call lists that count as right. */
    alternatives: z.array(z.array(toolCallSchema).readonly()).readonly().optional(),
    /**
     * Possible answers, parallel to `calls` (BFCL): the arguments of each are lists of acceptable values, `""` among them means
     * that the argument may be left out, and members of object values are lists again. `calls` is the first choice of each.
     */
    possible: z.array(toolCallSchema).readonly().optional(),
  }),
  z.object({ kind: z.literal('text'), text: z.string(), textKind: textKindSchema.optional() }),
  z.object({ kind: z.literal('noCall') }),
  z.object({ kind: z.literal('anyCall') }),
  z.object({ kind: z.literal('trace'), trace: jsonValueSchema }),
  z.object({ kind: z.literal('invalid'), raw: z.string(), reason: z.string() }),
]);
export type Label = Readonly<z.infer<typeof labelSchema>>;

/** One training step. Ids are made by `identity.ts` and fixed for ever by golden vectors. */
export const sampleSchema = z.object({
  id: z.string(),
  labelHash: z.string(),
  /** The dialogue that the sample comes from, or the root seed of an expansion; splits go by family. */
  family: z.string(),
  tools: z.array(toolDefinitionSchema).readonly(),
  messages: z.array(messageSchema).readonly(),
  label: labelSchema,
});
export type Sample = Readonly<z.infer<typeof sampleSchema>>;

/** Where a sample stands: file (as configured), 0-based record, 0-based assistant step within the record. */
export const occurrenceSchema = z.object({ file: z.string(), record: z.number().int(), step: z.number().int() });
export type Occurrence = Readonly<z.infer<typeof occurrenceSchema>>;

export const sampleOrigins = ['seed', 'errorSeed', 'labelRefined', 'expansion', 'highPpl', 'matched'] as const;
export type SampleOrigin = (typeof sampleOrigins)[number];

/** A row of `rounds/NNNN/train.jsonl`: a sample with where it came from. */
export const trainRowSchema = sampleSchema.extend({
  v: z.literal(1),
  origin: z.enum(sampleOrigins),
  /** Ids of the samples it stems from: the seed of an expansion; empty for rows of the dataset. */
  parents: z.array(z.string()).readonly(),
  /** Round whose composition first took the sample in. */
  since: z.number().int(),
  occurrence: occurrenceSchema.optional(),
  /** Of an expansion: how it was asked for, so that its request and replies are found in the journal of round `round`. */
  made: z
    .object({ round: z.number().int(), k: z.number().int(), attempt: z.number().int(), variation: z.string(), kind: z.string().optional(), generator: z.string(), promptVersion: z.string(), prompt: z.object({ name: z.string(), version: z.string(), hash: z.string() }).optional(), requestKey: z.string() })
    .optional(),
  /** The label before it was replaced, with who replaced it; kept so that a replacement can be undone. */
  replaced: z
    .object({ label: labelSchema, labelHash: z.string(), round: z.number().int(), by: z.enum(['judge', 'person']), source: z.string() })
    .optional(),
});
export type TrainRow = Readonly<z.infer<typeof trainRowSchema>>;
