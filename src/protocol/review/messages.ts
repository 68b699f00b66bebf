import * as z from 'zod';
import { labelSchema } from '../../core/dataset/sample.ts';
import { reviewRulings, rulings } from '../../core/review/decision.ts';
import { queueSpecSchema, savedQueueSchema } from '../../core/review/queue/queueSpec.ts';
import { verdicts } from '../../core/rounds/verdict.ts';
import { comparisonSchema } from '../../core/toolcall/difference.ts';
import { predictionSchema } from '../../core/toolcall/prediction.ts';
import { measurementSchema } from '../../core/review/measure/measurement.ts';
import { reviewItemSchema } from './item.ts';

/** `calibration`: a drawn sample, blind, sides shuffled. `second`: others' decisions are hidden. `adjudication`: only pairs that people disagree on. */
export const reviewModeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('review') }),
  z.object({ kind: z.literal('calibration'), id: z.string() }),
  z.object({ kind: z.literal('second') }),
  z.object({ kind: z.literal('adjudication') }),
]);
export type ReviewMode = Readonly<z.infer<typeof reviewModeSchema>>;

/** How many pairs of the whole source have each property, most first; at most 200 of each. */
const facet = z.array(z.object({ value: z.string(), count: z.number().int() })).readonly();
export const facetsSchema = z.object({ verdicts: facet, outcomes: facet, tools: facet, kinds: facet, rules: facet, origins: facet, people: facet, states: facet });
export type Facets = Readonly<z.infer<typeof facetsSchema>>;

/** What the host sends: whole snapshots, never deltas, so that a lost or repeated one does no harm. */
export const reviewSnapshotSchema = z.object({
  type: z.literal('snapshot'),
  /** The request that this answers; absent for a push. */
  requestId: z.number().int().optional(),
  title: z.string(),
  round: z.number().int().optional(),
  /** The person whose decisions these are. */
  user: z.string(),
  mode: reviewModeSchema,
  /** Verdict, votes and reason stay hidden until the pair is decided. */
  blind: z.boolean(),
  /** In calibration the prediction stands on the left of some pairs: then the sides have no names but A and B. */
  swapped: z.boolean(),
  spec: queueSpecSchema,
  /** 0-based place in the queue; equal to `total` when the end is reached. */
  position: z.number().int(),
  total: z.number().int(),
  undecided: z.number().int(),
  /** Pairs of the source, whatever the queue shows. */
  sourceTotal: z.number().int(),
  /** Decisions of the person in the last hour of reviewing, as a rate; absent before there are five. */
  perHour: z.number().optional(),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
  /** Decisions that would change a label and are not applied yet. */
  toApply: z.number().int(),
  queues: z.array(savedQueueSchema.extend({ count: z.number().int(), undecided: z.number().int() })).readonly(),
  /** Only in answers to `ready` and `setQueue`, and in pushes after the source changed: keep the last ones. */
  facets: facetsSchema.optional(),
  item: reviewItemSchema.optional(),
  /** After a decision on a pair with the same difference as others: what could be done to them. */
  offer: z.object({ decisionId: z.string(), ruling: z.enum(rulings), count: z.number().int() }).optional(),
  /** What could not be read of the source, with places. */
  warnings: z.array(z.string()).readonly(),
  /** Said aloud and shown for a moment: what has just been stored or taken back. */
  announcement: z.string().optional(),
});
export type ReviewSnapshot = Readonly<z.infer<typeof reviewSnapshotSchema>>;

/** What a bulk decision would do, before it is made; `pairs` are the first ones, the rest is counted. */
export const bulkPreviewSchema = z.object({
  type: z.literal('bulkPreview'),
  requestId: z.number().int(),
  previewId: z.string(),
  ruling: z.enum(rulings),
  count: z.number().int(),
  /** Pairs that the ruling cannot be given to, and why: no complete answer, decided by somebody, breaks its schema. */
  left: z.array(z.object({ reason: z.string(), count: z.number().int() })).readonly(),
  pairs: z.array(z.object({ sampleId: z.string(), request: z.string(), label: labelSchema, prediction: predictionSchema, comparison: comparisonSchema.optional() })).readonly(),
});
export type BulkPreview = Readonly<z.infer<typeof bulkPreviewSchema>>;

export const measurementReplySchema = z.object({ type: z.literal('measurement'), requestId: z.number().int(), measurement: measurementSchema });
/** A label that breaks its tool's schema is stored only when it is asked for again with `confirmed`. */
export const confirmationSchema = z.object({ type: z.literal('confirm'), requestId: z.number().int(), problems: z.array(z.string()).readonly() });
export const reviewFailureSchema = z.object({ type: z.literal('failure'), requestId: z.number().int(), message: z.string() });

export const hostMessageSchema = z.discriminatedUnion('type', [reviewSnapshotSchema, bulkPreviewSchema, measurementReplySchema, confirmationSchema, reviewFailureSchema]);
export type HostMessage = Readonly<z.infer<typeof hostMessageSchema>>;

const request = { requestId: z.number().int() };
const pair = { sampleId: z.string(), labelHash: z.string() };

/** What the page sends. Every request is answered by one message with its id. */
export const reviewRequestSchema = z.discriminatedUnion('type', [
  z.object({ ...request, type: z.literal('ready') }),
  z.object({ ...request, ...pair, type: z.literal('decide'), ruling: z.enum(reviewRulings), elapsedMs: z.number().min(0), note: z.string().max(10_000).optional(), confirmed: z.boolean().optional() }),
  /** Another label: written by hand, or with arguments of the prediction picked. */
  z.object({ ...request, ...pair, type: z.literal('edit'), label: labelSchema, way: z.enum(['single', 'cherryPick']), elapsedMs: z.number().min(0), note: z.string().max(10_000).optional(), confirmed: z.boolean().optional() }),
  z.object({ ...request, ...pair, type: z.literal('note'), note: z.string().max(10_000) }),
  z.object({ ...request, type: z.literal('undo') }),
  z.object({ ...request, type: z.literal('redo') }),
  z.object({ ...request, type: z.literal('move'), to: z.enum(['next', 'previous', 'first', 'last', 'nextUndecided']) }),
  z.object({ ...request, type: z.literal('goTo'), position: z.number().int().min(0) }),
  z.object({ ...request, type: z.literal('setQueue'), spec: queueSpecSchema }),
  z.object({ ...request, type: z.literal('setMode'), mode: reviewModeSchema }),
  z.object({ ...request, type: z.literal('setBlind'), blind: z.boolean() }),
  z.object({ ...request, type: z.literal('saveQueue'), name: z.string().min(1).max(80) }),
  z.object({ ...request, type: z.literal('deleteQueue'), name: z.string() }),
  /** A ruling for every undecided pair of the queue as it stands. */
  z.object({ ...request, type: z.literal('previewBulk'), ruling: z.enum(reviewRulings) }),
  /** The ruling of a decision for all undecided pairs of the queue with the same difference. */
  z.object({ ...request, type: z.literal('previewSimilar'), decisionId: z.string() }),
  z.object({ ...request, type: z.literal('decideBulk'), previewId: z.string() }),
  z.object({ ...request, type: z.literal('openSource'), sampleId: z.string() }),
  /** Asks the judge, or the policy, about this one pair again. */
  z.object({ ...request, type: z.literal('askAgain'), sampleId: z.string(), what: z.enum(['judge', 'probe']) }),
  z.object({ ...request, type: z.literal('apply') }),
  z.object({ ...request, type: z.literal('exportIssue'), sampleId: z.string() }),
  z.object({ ...request, type: z.literal('measure') }),
  z.object({ ...request, type: z.literal('startCalibration'), verdict: z.enum(verdicts), judge: z.string(), promptVersion: z.string(), size: z.number().int().min(1).max(10_000) }),
]);
export type ReviewRequest = Readonly<z.infer<typeof reviewRequestSchema>>;
