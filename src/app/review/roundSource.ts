import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { ProjectConfig } from '../../core/config/projectConfig.ts';
import { trainRowSchema, type TrainRow } from '../../core/dataset/sample.ts';
import { LoopToolError } from '../../core/errors.ts';
import { foldJudgement } from '../../core/loop/judgement.ts';
import { relabelRule, type RelabelRule } from '../../core/review/measure/gate.ts';
import { describePair } from '../../core/review/pairs/describePair.ts';
import { ruleIdsOf } from '../../core/review/pairs/sideFindings.ts';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import { foldVerify, type VerifyFold } from '../../core/rounds/fold.ts';
import { probeEntrySchema, verifyEntrySchema, type Judgement, type ProbeEntry, type VerifyEntry } from '../../core/rounds/journalEntries.ts';
import type { RoundManifest } from '../../core/rounds/manifest.ts';
import { roundDirectoryName } from '../../core/rounds/naming.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { activeRules, recommendedSettings, ruleSettings, type ActiveRule, type RuleSettings } from '../../core/rules/settings.ts';
import type { Prediction } from '../../core/toolcall/prediction.ts';
import { ProjectFiles, type RoundFiles } from '../../node/projectFiles.ts';
import { Turns } from '../../node/turns.ts';
import { HeldFiles } from '../history/linesOnDemand.ts';
import type { ReviewJudgement, ReviewPair, ReviewSource, ReviewVote } from './reviewSource.ts';
import { readRoundCache, writeRoundCache } from './roundCache.ts';
import { RoundIndex, type PairPlaces } from './roundIndex.ts';
import { SharedTexts } from './sharedTexts.ts';

/** How long, in milliseconds, `items` waits for pairs to be read; the rest is read behind it. */
const patience = 400;
/** So many pairs read anew are worth a new cache. */
const worthKeeping = 500;

export type RoundSourceOptions = { readonly patience?: number; readonly worthKeeping?: number };

/**
 * The mismatches of a round, with what the judge said of them; people's decisions are not in it. Follows the files of the
 * round as they grow. Kept of a pair is its queue item and where its lines stand; the pair is read when it is asked for.
 * Where there are very many pairs that no cache knows, `items` gives those that were read so far, and goes on.
 */
export function openRoundSource(directory: string, round: number, options: RoundSourceOptions = {}): ReviewSource & { settled(): Promise<void> } {
  return new RoundSource(directory, round, { patience, worthKeeping, ...options });
}

/** Reads all pairs of a round once, so that opening its review finds them in the cache; for the job that judged them. */
export async function prepareRoundReview(directory: string, round: number, signal: AbortSignal): Promise<void> {
  const source = openRoundSource(directory, round, { patience: Infinity });
  const stop = (): void => source.dispose();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await source.settled();
  } finally {
    signal.removeEventListener('abort', stop);
    source.dispose();
  }
}

class RoundSource implements ReviewSource {
  readonly predictions = undefined;
  readonly title: string;
  readonly #files: RoundFiles;
  readonly #next: RoundFiles;
  readonly #cacheFile: string;
  readonly #described = new Map<string, QueueItem>();
  readonly #texts = new SharedTexts();
  readonly #due = new Set<string>();
  /** Pairs of which it is not known yet what the rules say. */
  readonly #unruled = new Set<string>();
  #index: RoundIndex | undefined;
  #items: readonly QueueItem[] = [];
  #isStale = false;
  #unkept = 0;
  #warnings: readonly string[] = [];
  #basis: Basis = basisOf(undefined);
  #pending: Promise<readonly QueueItem[]> | undefined;
  #work: Promise<void> | undefined;
  #isDisposed = false;

  constructor(
    directory: string,
    readonly round: number,
    private readonly options: Required<RoundSourceOptions>,
  ) {
    const project = new ProjectFiles(directory);
    this.title = `Round ${round}`;
    this.#files = project.round(round);
    this.#next = project.round(round + 1);
    this.#cacheFile = join(project.state(), 'cache', `review-${roundDirectoryName(round)}.jsonl`);
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  get unread(): number {
    return this.#due.size;
  }

  items(): Promise<readonly QueueItem[]> {
    this.#pending ??= this.#refresh().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async settled(): Promise<void> {
    await this.items();
    await this.#work;
  }

  pair(sampleId: string): Promise<ReviewPair | undefined> {
    const places = this.#index?.placesOf(sampleId);
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
    const index = (this.#index ??= await this.#open());
    const changed = await index.refresh().catch((cause: unknown) => {
      throw new LoopToolError('journal-unreadable', `The files of round ${this.round} in ${this.#files.directory} could not be read. Check that the folder is there and may be read, then open the review again.`, { cause });
    });
    if (changed || index.touched.size > 0) {
      this.#takeBasis(basisOf(await this.#files.readManifest()));
      for (const id of index.touched) {
        if (index.placesOf(id) !== undefined) this.#due.add(id);
        else this.#described.delete(id);
      }
      index.touched.clear();
      this.#isStale = true;
      this.#warnings = this.#sayUnreadable(index);
    }
    if ((this.#due.size > 0 || this.#unruled.size > 0) && this.#work === undefined) await this.#begin(index);
    if (!this.#isStale) return this.#items;
    this.#isStale = false;
    this.#items = this.#assemble(index);
    return this.#items;
  }

  async #open(): Promise<RoundIndex> {
    this.#basis = basisOf(await this.#files.readManifest());
    const saved = await readRoundCache(this.#cacheFile, this.#basis.name);
    for (const item of saved?.items ?? []) this.#described.set(item.sampleId, item);
    this.#isStale = saved !== undefined;
    return new RoundIndex(this.#files, this.#next, saved?.snapshot);
  }

  #takeBasis(basis: Basis): void {
    if (basis.name === this.#basis.name) return;
    this.#basis = basis;
    for (const id of this.#described.keys()) this.#due.add(id);
  }

  /** Reads what is due for as long as somebody waits for it, and the rest behind them. */
  async #begin(index: RoundIndex): Promise<void> {
    const end = performance.now() + this.options.patience;
    await this.#readDue(index, () => setImmediate(), () => performance.now() >= end);
    if (this.#due.size > 0 || this.#unruled.size > 0) this.#goOn(this.#readRest(index));
    else if (this.#unkept >= this.options.worthKeeping) this.#goOn(this.#keep(index));
  }

  async #readRest(index: RoundIndex): Promise<void> {
    const letIn = (): Promise<void> => setTimeout(1);
    await letIn();
    await this.#readDue(index, letIn, () => false);
    await this.#keep(index);
  }

  #goOn(work: Promise<void>): void {
    this.#work = work.finally(() => {
      this.#work = undefined;
    });
    // Whoever waits for it hears of a failure; nobody has to.
    this.#work.catch(() => undefined);
  }

  async #keep(index: RoundIndex): Promise<void> {
    // Lines that are being taken in belong to the next cache, with their pairs.
    const isWhole = this.#due.size === 0 && this.#unruled.size === 0 && index.touched.size === 0;
    if (this.#isDisposed || this.#unkept < this.options.worthKeeping || !isWhole) return;
    this.#unkept = 0;
    await writeRoundCache(this.#cacheFile, this.#basis.name, { snapshot: index.snapshot(), items: [...this.#described.values()] });
  }

  /** Makes the items of what is due anew, in turns; what the rules say of them comes last, since it takes the longest. */
  async #readDue(index: RoundIndex, letIn: () => Promise<void>, isEnough: () => boolean): Promise<void> {
    const turns = new Turns(letIn);
    const files = new HeldFiles();
    try {
      for (const [ids, take] of [[this.#due, this.#describe], [this.#unruled, this.#findRules]] as const) {
        for (const id of ids) {
          ids.delete(id);
          const places = index.placesOf(id);
          take.call(this, id, places && this.#read(places, files));
          if (this.#isDisposed || isEnough()) return;
          if (turns.isOver) await turns.next();
        }
        this.#isStale = true;
      }
    } finally {
      files.close();
    }
  }

  #describe(id: string, read: ReadPair | undefined): void {
    this.#unkept += 1;
    this.#isStale = true;
    if (read === undefined) {
      this.#described.delete(id);
      return;
    }
    this.#described.set(id, this.#texts.shared(describePair(read.described())));
    this.#unruled.add(id);
  }

  #findRules(id: string, read: ReadPair | undefined): void {
    const item = this.#described.get(id);
    if (read === undefined || item === undefined) return;
    const found = ruleIdsOf(read.described(), this.#basis.active);
    if (found.length > 0) this.#described.set(id, this.#texts.shared({ ...item, rules: found }));
  }

  /** In the order of the answers, with the weights put right. */
  #assemble(index: RoundIndex): readonly QueueItem[] {
    const items: QueueItem[] = [];
    for (const id of index.mismatches()) {
      const item = this.#described.get(id);
      if (item === undefined) continue;
      const weight = index.weightOf(id);
      const weighed = weight === item.weight ? item : { ...item, weight };
      if (weighed !== item) this.#described.set(id, weighed);
      items.push(weighed);
    }
    return items;
  }

  /** Undefined where a line is gone or unreadable, and for an answer to another label than the row's. */
  #read(places: PairPlaces, files: HeldFiles): ReadPair | undefined {
    const row = trainRowSchema.safeParse(files.valueAt(this.#files.train(), places.row)).data;
    const probe = probeEntrySchema.safeParse(files.valueAt(this.#files.journal('probe'), places.probe)).data;
    if (row === undefined || probe?.sampleId !== row.id || probe.labelHash !== row.labelHash) return undefined;
    const entries = places.votes.flatMap((place) => verifyEntrySchema.safeParse(files.valueAt(this.#files.journal('verify'), place)).data ?? []);
    const fold = foldVerify(entries).get(row.id);
    const judgement = foldJudgement({ sample: row, probe }, fold, { round: this.round, relabel: this.#basis.relabel });
    return new ReadPair(row, probe, judgement === undefined || fold === undefined ? undefined : judgementOf(judgement, fold), this.#files);
  }

  #sayUnreadable(index: RoundIndex): readonly string[] {
    return [...index.unreadable].map(([file, lines]) => {
      const more = lines.length > 1 ? ` and ${lines.length - 1} more` : '';
      return `${file}:${lines[0] ?? 0}${more}: the line cannot be read and is left out. Run the stage that wrote it once more to have it asked again.`;
    });
  }
}

/** What items depend on beside the journals: settings of the round. `name` is another one for others. */
type Basis = { readonly name: string; readonly relabel: RelabelRule; readonly active: readonly ActiveRule[] };

function basisOf(manifest: RoundManifest | undefined): Basis {
  const config = manifest?.config;
  const relabel = relabelRule(manifest);
  const settings = config === undefined ? recommendedSettings : settingsOf(config);
  return { name: JSON.stringify([relabel, settings, rules.map(({ id }) => id)]), relabel, active: activeRules(rules, settings) };
}

/** Rules that are gone since the round was made are no reason not to review it. */
function settingsOf({ lint }: ProjectConfig): RuleSettings {
  try {
    return ruleSettings(lint, rules);
  } catch {
    return recommendedSettings;
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
