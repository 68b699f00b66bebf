import type { Judgement, ProbeEntry, ProbeOutcome } from '../../core/rounds/journalEntries.ts';
import type { LinePlace } from '../followedBytes.ts';

/** What is kept of a line of a probe journal. */
export type ProbeMark = { readonly sampleId: string; readonly labelHash: string; readonly outcome: ProbeOutcome; readonly ppl: number | null; readonly startedAt: string; readonly place: LinePlace };

/** A probe entry of which the outcome is at hand, and all else is read when it is looked at. */
export class JournalProbe implements ProbeEntry {
  readonly v = 1;
  readonly type = 'probe';

  constructor(
    private readonly mark: ProbeMark,
    private readonly read: () => ProbeEntry | undefined,
  ) {}

  get sampleId(): string {
    return this.mark.sampleId;
  }

  get labelHash(): string {
    return this.mark.labelHash;
  }

  get outcome(): ProbeOutcome {
    return this.mark.outcome;
  }

  get ppl(): number | null {
    return this.mark.ppl;
  }

  get startedAt(): string {
    return this.mark.startedAt;
  }

  get requestKey(): string {
    return this.read()?.requestKey ?? '';
  }

  get attempt(): number {
    return this.read()?.attempt ?? 0;
  }

  get elapsedMs(): number {
    return this.read()?.elapsedMs ?? 0;
  }

  get promptTokens(): number | undefined {
    return this.read()?.promptTokens;
  }

  get completionTokens(): number | undefined {
    return this.read()?.completionTokens;
  }

  get reply(): string | undefined {
    return this.read()?.reply;
  }

  get prediction(): ProbeEntry['prediction'] {
    return this.read()?.prediction;
  }

  get comparison(): ProbeEntry['comparison'] {
    return this.read()?.comparison;
  }

  get pplMissing(): string | undefined {
    return this.read()?.pplMissing;
  }

  get finishReason(): string | undefined {
    return this.read()?.finishReason;
  }

  get error(): string | undefined {
    return this.read()?.error;
  }
}

type Kept = Omit<Judgement, 'analysis' | 'approach' | 'relabel' | 'refused' | 'held'>;

/** A judgement of which the verdict is at hand, and the words are read when they are looked at. */
export class JournalJudgement implements Judgement {
  readonly #kept: Kept;
  readonly #read: () => Judgement | undefined;

  constructor({ analysis: _a, approach: _b, relabel: _c, refused: _d, held: _e, ...kept }: Judgement, read: () => Judgement | undefined) {
    this.#kept = kept;
    this.#read = read;
  }

  get sampleId(): string {
    return this.#kept.sampleId;
  }

  get labelHash(): string {
    return this.#kept.labelHash;
  }

  get verdict(): Judgement['verdict'] {
    return this.#kept.verdict;
  }

  get votes(): number {
    return this.#kept.votes;
  }

  get agreeing(): number {
    return this.#kept.agreeing;
  }

  get simulated(): boolean {
    return this.#kept.simulated;
  }

  get by(): Judgement['by'] {
    return this.#kept.by;
  }

  get source(): string {
    return this.#kept.source;
  }

  get analysis(): string {
    return this.#read()?.analysis ?? '';
  }

  get approach(): string {
    return this.#read()?.approach ?? '';
  }

  get relabel(): Judgement['relabel'] {
    return this.#read()?.relabel;
  }

  get refused(): string | undefined {
    return this.#read()?.refused;
  }

  get held(): Judgement['held'] {
    return this.#read()?.held;
  }
}
