import { trainRowSchema, type Occurrence } from '../core/dataset/sample.ts';
import { stringifyJson } from '../core/json/stringify.ts';
import type { JsonValue } from '../core/json/value.ts';
import type { EvaluateEntry, ExpandEntry, ProbeEntry, RepeatEntry } from '../core/rounds/journalEntries.ts';
import type { StageName } from '../core/rounds/manifest.ts';
import { ProjectFiles, type RoundFiles } from '../node/projectFiles.ts';
import { bucketView, findBucket, grouped, type Bucket, type BucketMember, type BucketView } from './buckets.ts';
import type { LinePlace } from './followedBytes.ts';
import { FollowedLines, readLineAt } from './followedLines.ts';
import { followEvaluate, followExpand, followProbe, followRepeats, type Placed } from './placedLines.ts';
import { RoundMismatches } from './roundMismatches.ts';
import { HeldOutTexts, type HeldOutText } from './heldOutTexts.ts';
import { lastUserText } from './sampleTitle.ts';
import { expansionBuckets } from './expansionBuckets.ts';
import { heldOutBuckets, outcomeBuckets, repeatBuckets, verdictBuckets } from './stageBuckets.ts';

/** A line that can be read again. */
export type LineRef = { readonly file: string; readonly place: LinePlace };

export type SampleView = {
  readonly sampleId: string;
  /** What the user last said, in one line; empty where the sample's text is not at hand. */
  readonly title: string;
  /** What there is to say of it in its bucket: a difference, a reason, a perplexity. */
  readonly detail: string;
  readonly occurrence: Occurrence | undefined;
  /** The sample itself, where the round has a copy of it, and the last word of the stage's journal on it. */
  readonly row: LineRef | undefined;
  readonly entry: LineRef | undefined;
  /** It is in the review's queue. */
  readonly reviewable: boolean;
};

type Rows = ReadonlyMap<string, { readonly line: TrainLine; readonly file: string }>;
const noRows: Rows = new Map();
const noTexts: ReadonlyMap<string, HeldOutText> = new Map();

type TrainLine = { readonly sampleId: string; readonly origin: string; readonly title: string; readonly occurrence: Occurrence | undefined; readonly place: LinePlace };

/**
 * The samples of one round by stage and bucket. Files are read when they are first asked for, and then only what was added;
 * what is kept of a line is short, so that a journal of 100,000 lines costs some tens of megabytes.
 */
export class RoundReader {
  readonly #train: FollowedLines<TrainLine>;
  readonly #next: FollowedLines<TrainLine>;
  readonly #probe: FollowedLines<Placed<ProbeEntry>>;
  readonly #repeats: FollowedLines<Placed<RepeatEntry>>;
  readonly #expand: FollowedLines<Placed<ExpandEntry>>;
  readonly #evaluate: FollowedLines<Placed<EvaluateEntry>>;
  readonly #files: RoundFiles;
  readonly #heldOut: HeldOutTexts;
  /** Shared with the review of this round. */
  readonly mismatches: RoundMismatches;

  constructor(directory: string, round: number) {
    const files = new ProjectFiles(directory);
    this.#files = files.round(round);
    this.#heldOut = new HeldOutTexts(files, this.#files);
    this.#train = new FollowedLines(this.#files.train(), trainLine);
    this.#next = new FollowedLines(files.round(round + 1).train(), trainLine);
    this.#probe = followProbe(this.#files.journal('probe'));
    this.#repeats = followRepeats(this.#files.journal('repeat'));
    this.#expand = followExpand(this.#files.journal('expand'));
    this.#evaluate = followEvaluate(this.#files.journal('evaluate'));
    this.mismatches = new RoundMismatches(directory, round);
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
    const rows = stage === 'evaluate' ? noRows : await this.#rows(stage);
    const heldOut = stage === 'evaluate' ? await this.#heldOut.load() : noTexts;
    const file = this.journal(stage);
    const samples = bucket.members.slice(offset, offset + limit).map((member): SampleView => {
      const row = rows.get(member.sampleId);
      const known = row?.line ?? heldOut.get(member.sampleId);
      return {
        sampleId: member.sampleId,
        title: member.title ?? known?.title ?? '',
        detail: member.detail,
        occurrence: known?.occurrence,
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
    return { row: (await at(sample.row)) ?? (await this.#heldOutRow(sample)), entry: await at(sample.entry) };
  }

  /** Held-out samples stand in files of any dialect: they are written anew, in the form of a row. */
  async #heldOutRow({ sampleId }: SampleView): Promise<string | undefined> {
    if (!(await this.#heldOut.load()).has(sampleId)) return undefined;
    const sample = await this.#heldOut.sample(sampleId);
    // A sample is plain JSON: messages, tools and calls as they were parsed.
    return sample && stringifyJson(sample as unknown as JsonValue);
  }

  #lines(stage: StageName): FollowedLines<unknown> {
    switch (stage) {
      case 'train':
        return this.#train;
      case 'probe':
        return this.#probe;
      case 'verify':
        return this.mismatches.verifyLines;
      case 'expand':
        return this.#expand;
      case 'compose':
        return this.#next;
      case 'evaluate':
        return this.#evaluate;
    }
  }

  async #buckets(stage: StageName): Promise<readonly Bucket[]> {
    const lines = this.#lines(stage);
    if (stage !== 'verify') await lines.refresh();
    switch (stage) {
      case 'train':
        return originBuckets(this.#train.items);
      case 'probe':
        await this.#repeats.refresh();
        return [...outcomeBuckets(this.#probe), ...repeatBuckets(this.#probe, this.#repeats)];
      case 'verify': {
        const mismatches = await this.mismatches.load();
        return this.mismatches.verifyLines.items.length === 0 ? [] : verdictBuckets(this.mismatches.verifyLines, mismatches);
      }
      case 'expand':
        return await this.#expansions();
      case 'compose':
        return originBuckets(this.#next.items);
      case 'evaluate':
        return heldOutBuckets(this.#evaluate);
    }
  }

  async #expansions(): Promise<readonly Bucket[]> {
    const manifest = await this.#files.readManifest();
    return expansionBuckets(this.#expand, { finished: manifest?.stages.expand.status === 'done', gates: manifest?.config.expand.gates ?? { difficulty: 'off', unsurePpl: 1 } });
  }

  async #rows(stage: StageName): Promise<Rows> {
    const source = stage === 'compose' ? this.#next : this.#train;
    await source.refresh();
    return new Map(source.items.map((line) => [line.sampleId, { line, file: source.file }]));
  }
}

function originBuckets(lines: readonly TrainLine[]): readonly Bucket[] {
  const member = (line: TrainLine): BucketMember => ({ sampleId: line.sampleId, detail: '', entry: undefined, reviewable: false });
  return grouped(lines, ['seed', 'errorSeed', 'labelRefined', 'expansion', 'highPpl', 'matched'], (line) => line.origin, member);
}

function trainLine(value: unknown, place: LinePlace): TrainLine | undefined {
  const parsed = trainRowSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const row = parsed.data;
  return { sampleId: row.id, origin: row.origin, title: lastUserText(row.messages), occurrence: row.occurrence, place };
}
