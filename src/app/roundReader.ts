import { trainRowSchema, type Occurrence } from '../core/dataset/sample.ts';
import { evaluateEntrySchema, probeEntrySchema, type ProbeOutcome } from '../core/rounds/journalEntries.ts';
import type { StageName } from '../core/rounds/manifest.ts';
import { ProjectFiles } from '../node/projectFiles.ts';
import { FollowedLines, readLineAt, type LinePlace } from './followedLines.ts';
import { bucketView, findBucket, grouped, type Bucket, type BucketMember, type BucketView } from './buckets.ts';
import { expansionBuckets, expandLine, type ExpandLine } from './expandBuckets.ts';
import { lastUserText, oneLine } from './sampleTitle.ts';
import { verdictBuckets, verifyLine, type VerifyLine } from './verdictBuckets.ts';

/** A line that can be read again. */
export type LineRef = { readonly file: string; readonly place: LinePlace };

export type SampleView = {
  readonly sampleId: string;
  /** What the user last said, in one line; empty where the sample's text is not at hand. */
  readonly title: string;
  /** What there is to say of it in its bucket: a difference, a reason, a perplexity. */
  readonly detail: string;
  readonly occurrence: Occurrence | undefined;
  /** The sample itself, and the last word of the stage's journal on it. */
  readonly row: LineRef | undefined;
  readonly entry: LineRef | undefined;
  /** It is in the review's queue. */
  readonly reviewable: boolean;
};

type TrainLine = { readonly sampleId: string; readonly origin: string; readonly title: string; readonly occurrence: Occurrence | undefined; readonly place: LinePlace; readonly replaced: boolean };
type ProbeLine = { readonly sampleId: string; readonly outcome: ProbeOutcome; readonly detail: string; readonly place: LinePlace };
type EvaluateLine = { readonly sampleId: string; readonly set: string; readonly phase: 'before' | 'after'; readonly outcome: ProbeOutcome; readonly detail: string; readonly place: LinePlace };

const right: ReadonlySet<ProbeOutcome> = new Set(['MATCH', 'MATCH_UNVERIFIED']);
const reviewable: ReadonlySet<ProbeOutcome> = new Set(['MISMATCH', 'INVALID', 'TRUNCATED', 'EMPTY']);

/**
 * The samples of one round by stage and bucket. Files are read when they are first asked for, and then only what was added;
 * what is kept of a line is short, so that a journal of 100,000 lines costs some tens of megabytes.
 */
export class RoundReader {
  readonly #train: FollowedLines<TrainLine>;
  readonly #next: FollowedLines<TrainLine>;
  readonly #probe: FollowedLines<ProbeLine>;
  readonly #verify: FollowedLines<VerifyLine>;
  readonly #expand: FollowedLines<ExpandLine>;
  readonly #evaluate: FollowedLines<EvaluateLine>;

  constructor(directory: string, round: number) {
    const files = new ProjectFiles(directory);
    const own = files.round(round);
    this.#train = new FollowedLines(own.train(), trainLine);
    this.#next = new FollowedLines(files.round(round + 1).train(), trainLine);
    this.#probe = new FollowedLines(own.journal('probe'), probeLine);
    this.#verify = new FollowedLines(own.journal('verify'), verifyLine);
    this.#expand = new FollowedLines(own.journal('expand'), expandLine);
    this.#evaluate = new FollowedLines(own.journal('evaluate'), evaluateLine);
  }

  /** File of a stage's journal; training and composing have the set that they read or wrote. */
  journal(stage: StageName): string {
    return this.#lines(stage).file;
  }

  async buckets(stage: StageName): Promise<readonly BucketView[]> {
    return (await this.#buckets(stage)).map((bucket) => bucketView(bucket, ''));
  }

  /** Samples of a bucket from `offset` on; none for a bucket that is not there (any more). */
  async page(stage: StageName, bucketId: string, offset: number, limit: number): Promise<{ readonly samples: readonly SampleView[]; readonly total: number }> {
    const bucket = findBucket(await this.#buckets(stage), bucketId.split('/'));
    if (!bucket) return { samples: [], total: 0 };
    const rows = await this.#rows(stage);
    const file = this.journal(stage);
    const samples = bucket.members.slice(offset, offset + limit).map((member): SampleView => {
      const row = rows.get(member.sampleId);
      return {
        sampleId: member.sampleId,
        title: member.title ?? row?.line.title ?? '',
        detail: member.detail,
        occurrence: row?.line.occurrence,
        row: row && { file: row.file, place: row.line.place },
        entry: member.entry && { file, place: member.entry },
        reviewable: member.reviewable,
      };
    });
    return { samples, total: bucket.members.length };
  }

  /** The sample and the journal's last word on it, as they stand in the files. */
  async texts(sample: SampleView): Promise<{ readonly row: string | undefined; readonly entry: string | undefined }> {
    const at = (ref: LineRef | undefined): Promise<string> | undefined => ref && readLineAt(ref.file, ref.place);
    return { row: await at(sample.row), entry: await at(sample.entry) };
  }

  #lines(stage: StageName): FollowedLines<unknown> {
    switch (stage) {
      case 'train':
        return this.#train;
      case 'probe':
        return this.#probe;
      case 'verify':
        return this.#verify;
      case 'expand':
        return this.#expand;
      case 'compose':
        return this.#next;
      case 'evaluate':
        return this.#evaluate;
    }
  }

  async #buckets(stage: StageName): Promise<readonly Bucket[]> {
    await this.#lines(stage).refresh();
    switch (stage) {
      case 'train':
        return originBuckets(this.#train.items);
      case 'probe':
        return outcomeBuckets(this.#probe.items);
      case 'verify':
        return verdictBuckets(this.#verify.items);
      case 'expand':
        return expansionBuckets(this.#expand.items);
      case 'compose':
        return originBuckets(this.#next.items);
      case 'evaluate':
        return heldOutBuckets(this.#evaluate.items);
    }
  }

  async #rows(stage: StageName): Promise<ReadonlyMap<string, { readonly line: TrainLine; readonly file: string }>> {
    const source = stage === 'compose' ? this.#next : this.#train;
    await source.refresh();
    return new Map(source.items.map((line) => [line.sampleId, { line, file: source.file }]));
  }
}

function originBuckets(lines: readonly TrainLine[]): readonly Bucket[] {
  const member = (line: TrainLine): BucketMember => ({ sampleId: line.sampleId, detail: '', entry: undefined, reviewable: false });
  return grouped(lines, ['seed', 'errorSeed', 'labelRefined', 'expansion', 'highPpl', 'matched'], (line) => line.origin, member);
}

function outcomeBuckets(lines: readonly ProbeLine[]): readonly Bucket[] {
  const latest = new Map(lines.map((line) => [line.sampleId, line]));
  const member = (line: ProbeLine): BucketMember => ({ sampleId: line.sampleId, detail: line.detail, entry: line.place, reviewable: reviewable.has(line.outcome) });
  return grouped(latest.values(), ['MISMATCH', 'TRUNCATED', 'INVALID', 'EMPTY', 'ERROR', 'MATCH', 'MATCH_UNVERIFIED'], (line) => line.outcome, member);
}

/** Paired over samples: what the round's training fixed and what it broke comes first. */
function heldOutBuckets(lines: readonly EvaluateLine[]): readonly Bucket[] {
  const sets = new Map<string, Map<string, { before?: EvaluateLine; after?: EvaluateLine }>>();
  for (const line of lines) {
    const set = sets.get(line.set) ?? new Map<string, { before?: EvaluateLine; after?: EvaluateLine }>();
    sets.set(line.set, set.set(line.sampleId, { ...set.get(line.sampleId), [line.phase]: line }));
  }
  return [...sets].map(([key, pairs]) => {
    const items = [...pairs].map(([sampleId, pair]) => ({ sampleId, key: change(pair.before, pair.after), line: pair.after ?? pair.before }));
    const member = (item: (typeof items)[number]): BucketMember => ({ sampleId: item.sampleId, detail: item.line?.detail ?? '', entry: item.line?.place, reviewable: false });
    return { key, members: items.map(member), children: grouped(items, ['broken', 'fixed', 'stillWrong', 'stillRight', 'wrong', 'right'], (item) => item.key, member) };
  });
}

function change(before: EvaluateLine | undefined, after: EvaluateLine | undefined): string {
  const isRight = (line: EvaluateLine): boolean => right.has(line.outcome);
  if (before && after) return isRight(before) ? (isRight(after) ? 'stillRight' : 'broken') : isRight(after) ? 'fixed' : 'stillWrong';
  const only = after ?? before;
  return only && isRight(only) ? 'right' : 'wrong';
}

function trainLine(value: unknown, place: LinePlace): TrainLine | undefined {
  const parsed = trainRowSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const row = parsed.data;
  return { sampleId: row.id, origin: row.origin, title: lastUserText(row.messages), occurrence: row.occurrence, place, replaced: row.replaced !== undefined };
}

function probeLine(value: unknown, place: LinePlace): ProbeLine | undefined {
  const parsed = probeEntrySchema.safeParse(value);
  if (!parsed.success) return undefined;
  const entry = parsed.data;
  const difference = entry.comparison?.differences[0]?.message ?? entry.error ?? entry.prediction?.warnings[0];
  const ppl = entry.ppl === null ? '' : `ppl ${entry.ppl.toFixed(2)}`;
  return { sampleId: entry.sampleId, outcome: entry.outcome, detail: oneLine([difference, ppl].filter(Boolean).join(' · ')), place };
}

function evaluateLine(value: unknown, place: LinePlace): EvaluateLine | undefined {
  const parsed = evaluateEntrySchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { sampleId, set, phase, outcome, error, prediction } = parsed.data;
  const calls = prediction?.calls.map((call) => call.name).join(', ');
  return { sampleId, set, phase, outcome, detail: oneLine(error ?? (calls || prediction?.text || outcome)), place };
}
