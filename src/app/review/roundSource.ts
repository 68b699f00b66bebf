import { setImmediate } from 'node:timers/promises';
import { trainRowSchema, type TrainRow } from '../../core/dataset/sample.ts';
import { LoopToolError } from '../../core/errors.ts';
import { foldJudgement } from '../../core/loop/judgement.ts';
import { relabelRule, type RelabelRule } from '../../core/review/measure/gate.ts';
import { describePair } from '../../core/review/pairs/describePair.ts';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import { foldVerify, type VerifyFold } from '../../core/rounds/fold.ts';
import { probeEntrySchema, verifyEntrySchema, type Judgement, type ProbeEntry, type VerifyEntry } from '../../core/rounds/journalEntries.ts';
import type { Prediction } from '../../core/toolcall/prediction.ts';
import { ProjectFiles, type RoundFiles } from '../../node/projectFiles.ts';
import { Turns } from '../../node/turns.ts';
import { HeldFiles } from '../history/linesOnDemand.ts';
import type { ReviewJudgement, ReviewPair, ReviewSource, ReviewVote } from './reviewSource.ts';
import { RoundIndex, type PairPlaces } from './roundIndex.ts';
import { SharedTexts } from './sharedTexts.ts';

/**
 * The mismatches of a round, with what the judge said of them; people's decisions are not in it. Follows the files of the
 * round as they grow. Kept of a pair is its queue item and where its lines stand; the pair is read when it is asked for.
 */
export function openRoundSource(directory: string, round: number): ReviewSource {
  return new RoundSource(directory, round);
}

class RoundSource implements ReviewSource {
  readonly predictions = undefined;
  readonly title: string;
  readonly #files: RoundFiles;
  readonly #index: RoundIndex;
  readonly #described = new Map<string, QueueItem>();
  readonly #texts = new SharedTexts();
  #items: readonly QueueItem[] = [];
  #warnings: readonly string[] = [];
  #relabel: RelabelRule = 'gate';
  #pending: Promise<readonly QueueItem[]> | undefined;
  #isDisposed = false;

  constructor(
    directory: string,
    readonly round: number,
  ) {
    const project = new ProjectFiles(directory);
    this.title = `Round ${round}`;
    this.#files = project.round(round);
    this.#index = new RoundIndex(this.#files, project.round(round + 1));
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  items(): Promise<readonly QueueItem[]> {
    this.#pending ??= this.#refresh().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  pair(sampleId: string): Promise<ReviewPair | undefined> {
    const places = this.#index.placesOf(sampleId);
    const files = new HeldFiles();
    try {
      return Promise.resolve(places && this.#read(places, files)?.pair(places, files));
    } finally {
      files.close();
    }
  }

  dispose(): void {
    this.#isDisposed = true;
  }

  async #refresh(): Promise<readonly QueueItem[]> {
    const changed = await this.#index.refresh().catch((cause: unknown) => {
      throw new LoopToolError('journal-unreadable', `The files of round ${this.round} in ${this.#files.directory} could not be read. Check that the folder is there and may be read, then open the review again.`, { cause });
    });
    if (!changed) return this.#items;
    this.#relabel = relabelRule(await this.#files.readManifest());
    await this.#describe();
    this.#items = [...this.#index.mismatches()].flatMap((id) => this.#described.get(id) ?? []);
    this.#warnings = this.#sayUnreadable();
    return this.#items;
  }

  /** Makes anew the items of what was touched, in turns, and puts the weights right. */
  async #describe(): Promise<void> {
    const due = [...this.#index.touched];
    this.#index.touched.clear();
    const turns = new Turns(() => setImmediate());
    const files = new HeldFiles();
    try {
      for (const id of due) {
        const places = this.#index.placesOf(id);
        const read = places && this.#read(places, files);
        if (read === undefined) this.#described.delete(id);
        else this.#described.set(id, this.#texts.shared(describePair(read.described())));
        if (turns.isOver) await turns.next();
        if (this.#isDisposed) return;
      }
    } finally {
      files.close();
    }
    for (const [id, item] of this.#described) {
      const weight = this.#index.weightOf(id);
      if (weight !== item.weight) this.#described.set(id, { ...item, weight });
    }
  }

  /** Undefined where a line is gone or unreadable, and for an answer to another label than the row's. */
  #read(places: PairPlaces, files: HeldFiles): ReadPair | undefined {
    const row = trainRowSchema.safeParse(files.valueAt(this.#files.train(), places.row)).data;
    const probe = probeEntrySchema.safeParse(files.valueAt(this.#files.journal('probe'), places.probe)).data;
    if (row === undefined || probe?.sampleId !== row.id || probe.labelHash !== row.labelHash) return undefined;
    const entries = places.votes.flatMap((place) => verifyEntrySchema.safeParse(files.valueAt(this.#files.journal('verify'), place)).data ?? []);
    const fold = foldVerify(entries).get(row.id);
    const judgement = foldJudgement({ sample: row, probe }, fold, { round: this.round, relabel: this.#relabel });
    return new ReadPair(row, probe, judgement === undefined || fold === undefined ? undefined : judgementOf(judgement, fold), this.#files);
  }

  #sayUnreadable(): readonly string[] {
    return [...this.#index.unreadable].map(([file, lines]) => {
      const more = lines.length > 1 ? ` and ${lines.length - 1} more` : '';
      return `${file}:${lines[0] ?? 0}${more}: the line cannot be read and is left out. Run the stage that wrote it once more to have it asked again.`;
    });
  }
}

/** A pair with its lines parsed. */
class ReadPair {
  constructor(
    private readonly row: TrainRow,
    private readonly probe: ProbeEntry,
    private readonly judgement: ReviewJudgement | undefined,
    private readonly files: RoundFiles,
  ) {}

  described(): Omit<ReviewPair, 'raw' | 'parents' | 'reply'> {
    const { row, probe, judgement } = this;
    const { origin, occurrence } = row;
    return { sample: row, origin, occurrence, prediction: probe.prediction ?? unanswered(probe), outcome: probe.outcome, comparison: probe.comparison, ppl: probe.ppl ?? undefined, judgement };
  }

  pair(places: PairPlaces, files: HeldFiles): ReviewPair {
    const lines: readonly (readonly [string, PairPlaces['row']])[] = [
      [this.files.train(), places.row],
      [this.files.journal('probe'), places.probe],
      ...places.votes.map((place) => [this.files.journal('verify'), place] as const),
    ];
    const raw = lines.map(([file, place]) => files.textAt(file, place) ?? '').join('\n');
    return { ...this.described(), parents: this.row.parents, reply: this.probe.reply, raw };
  }
}

/** Entries without a prediction were cut off before there was one, or hold nothing. */
function unanswered({ outcome, error }: ProbeEntry): Prediction {
  const kind = outcome === 'TRUNCATED' || outcome === 'INVALID' ? outcome : 'EMPTY';
  return { kind, calls: [], text: '', warnings: error === undefined ? [] : [error] };
}

function judgementOf({ verdict, agreeing, simulated, relabel, refused }: Judgement, { preCheck, votes }: VerifyFold): ReviewJudgement {
  const said = preCheck === undefined ? votes : [preCheck];
  return { verdict, votes: said.map(voteOf), agreeing, simulated, replaced: relabel !== undefined, ...(refused === undefined ? {} : { refused }) };
}

function voteOf(entry: VerifyEntry): ReviewVote {
  if (entry.type === 'preCheck') return { order: 'none', verdict: entry.verdict, judge: '', promptVersion: '', simulated: false, analysis: entry.reason, approach: '' };
  const { order, verdict, judge, promptVersion, simulated, analysis, approach, error } = entry;
  return { order, verdict, judge, promptVersion, simulated, analysis, approach, ...(error === undefined ? {} : { error }) };
}
