import { setImmediate } from 'node:timers/promises';
import type { Decision } from '../../core/review/decision.ts';
import { foldDecisions } from '../../core/review/foldDecisions.ts';
import { relabelRule, type RelabelRule } from '../../core/review/measure/gate.ts';
import type { Judgement, ProbeEntry } from '../../core/rounds/journalEntries.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import { followDecisions } from '../placedLines.ts';
import { HistorySource } from './historySource.ts';
import { LinesOnDemand } from './linesOnDemand.ts';

/** What the journals of a project know of one sample. */
export type SampleRecord = {
  readonly sampleId: string;
  /** The last probe: of the newest round that has one, or a later one from outside of the rounds. */
  readonly probe: ProbeEntry | undefined;
  /** The verdict on that probe's answer; a person's decision outranks the judge. */
  readonly judgement: Judgement | undefined;
  /** Round of both; undefined where they were asked for outside of a round. */
  readonly round: number | undefined;
  /** Rounds whose set holds the sample, ascending. */
  readonly rounds: readonly number[];
  /** The newest round whose own probe missed the sample, whatever was asked since outside of rounds; undefined for none. */
  readonly reviewRound: number | undefined;
};

/** Follows all rounds of a project and its scratch journals, and answers at once for any sample. */
export class SampleHistory {
  readonly #files: ProjectFiles;
  readonly #onDemand = new LinesOnDemand();
  readonly #rounds = new Map<number, HistorySource>();
  readonly #relabel = new Map<number, RelabelRule>();
  readonly #scratch: HistorySource;
  readonly #decisions;
  #decided: ReadonlyMap<string, Decision> = new Map();
  #pending: Promise<boolean> | undefined;
  #next: Promise<boolean> | undefined;

  constructor(readonly directory: string) {
    this.#files = new ProjectFiles(directory);
    this.#decisions = followDecisions(this.#files.decisions());
    const { scratch } = this.#files;
    this.#scratch = new HistorySource(undefined, { rows: scratch('samples'), probe: scratch('probe'), verify: scratch('verify') }, this.#onDemand, () => 'always');
  }

  /** Undefined for a sample that was never probed and that no round's set holds. */
  get(sampleId: string): SampleRecord | undefined {
    const numbers = [...this.#rounds.keys()].sort((a, b) => a - b);
    const rounds = numbers.filter((number) => this.#rounds.get(number)?.has(sampleId) === true);
    const source = this.#latest(sampleId, numbers);
    if (source === undefined && rounds.length === 0) return undefined;
    const reviewRound = rounds.findLast((number) => this.#rounds.get(number)?.differsAt(sampleId) === true);
    return { sampleId, probe: source?.probeOf(sampleId), judgement: source?.judgementOf(sampleId), round: source?.round, rounds, reviewRound };
  }

  /** Takes in all that was on the disk when it was called; resolves to whether any answer may be another now. */
  refresh(): Promise<boolean> {
    if (this.#pending === undefined) return this.#start();
    // The reading that is under way may be past what was just written.
    this.#next ??= this.#pending
      .catch(() => false)
      .then(() => {
        this.#next = undefined;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<boolean> {
    this.#pending = this.#refresh().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  #latest(sampleId: string, numbers: readonly number[]): HistorySource | undefined {
    const number = numbers.findLast((one) => this.#rounds.get(one)?.probedAt(sampleId) !== undefined);
    const round = number === undefined ? undefined : this.#rounds.get(number);
    const alone = this.#scratch.probedAt(sampleId);
    return alone === undefined || (round?.probedAt(sampleId) ?? '') > alone ? round : this.#scratch;
  }

  async #refresh(): Promise<boolean> {
    const numbers = await this.#files.listRounds().catch(() => [...this.#rounds.keys()]);
    let changed = false;
    for (const gone of [...this.#rounds.keys()].filter((number) => !numbers.includes(number))) changed = this.#rounds.delete(gone) || changed;
    for (const number of numbers) if (!this.#rounds.has(number)) this.#rounds.set(number, this.#source(number));
    const decided = await this.#changedDecisions();
    for (const source of [...this.#rounds.values(), this.#scratch]) {
      const grew = await source.refresh();
      if (grew && source.round !== undefined) await this.#readRelabel(source.round);
      if (grew || decided.size > 0) await source.judge(decided, (id) => this.#decided.get(id), () => setImmediate());
      changed = changed || grew;
    }
    return changed || decided.size > 0;
  }

  #source(number: number): HistorySource {
    const files = this.#files.round(number);
    return new HistorySource(number, { rows: files.train(), probe: files.journal('probe'), verify: files.journal('verify') }, this.#onDemand, () => this.#relabel.get(number) ?? 'gate');
  }

  /** Ids whose decision came, went or is another. */
  async #changedDecisions(): Promise<ReadonlySet<string>> {
    if (!(await this.#decisions.refresh().catch(() => false))) return new Set();
    const before = this.#decided;
    this.#decided = foldDecisions(this.#decisions.items).inForce;
    return new Set([...before.keys(), ...this.#decided.keys()].filter((id) => before.get(id)?.id !== this.#decided.get(id)?.id));
  }

  async #readRelabel(number: number): Promise<void> {
    const manifest = await this.#files.round(number).readManifest().catch(() => undefined);
    if (manifest !== undefined) this.#relabel.set(number, relabelRule(manifest));
  }
}
