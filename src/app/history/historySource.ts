import { sampleSchema } from '../../core/dataset/sample.ts';
import { isJsonObject, type JsonValue } from '../../core/json/value.ts';
import { foldJudgement, overruledMatch } from '../../core/loop/judgement.ts';
import type { Decision } from '../../core/review/decision.ts';
import type { RelabelRule } from '../../core/review/measure/gate.ts';
import { foldVerify } from '../../core/rounds/fold.ts';
import { probeEntrySchema, probeOutcomes, verifyEntrySchema, type Judgement, type ProbeEntry, type ProbeOutcome } from '../../core/rounds/journalEntries.ts';
import { isMatch, isMismatch } from '../../core/toolcall/outcome.ts';
import { Turns } from '../../node/turns.ts';
import type { LinePlace } from '../followedBytes.ts';
import { JournalJudgement, JournalProbe, type ProbeMark } from './lazyEntries.ts';
import type { LinesOnDemand } from './linesOnDemand.ts';
import { TakenLines } from './takenLines.ts';

type RowMark = { readonly sampleId: string; readonly labelHash: string; readonly place: LinePlace };
type VerifyMark = RowMark & { readonly preCheck: boolean };
/** What the journal holds on one sample, as `foldVerify` counts it. */
type Votes = { readonly labelHash: string; readonly preCheck: boolean; readonly places: readonly LinePlace[] };

export type SourceFiles = { readonly rows: string; readonly probe: string; readonly verify: string };

/**
 * One round, or the scratch journals: which samples it holds, the last probe of each and what was judged of it. Journals are
 * followed; of each line its place and outcome are kept, some 200 bytes, and the rest is read when it is looked at.
 */
export class HistorySource {
  readonly #rows = new Map<string, RowMark>();
  readonly #probes = new Map<string, ProbeMark>();
  readonly #votes = new Map<string, Votes>();
  readonly #judgements = new Map<string, JournalJudgement>();
  readonly #touched = new Set<string>();
  readonly #lines: readonly { readonly refresh: () => Promise<boolean> }[];

  /** `round` is undefined for the scratch journals. `relabel` is the setting that the source goes by. */
  constructor(
    readonly round: number | undefined,
    private readonly files: SourceFiles,
    private readonly onDemand: LinesOnDemand,
    private readonly relabel: () => RelabelRule,
  ) {
    const renew = (map: Map<string, unknown>) => () => {
      for (const id of map.keys()) this.#touched.add(id);
      map.clear();
    };
    this.#lines = [
      new TakenLines(files.rows, rowMark, (row) => this.#takeRow(row), renew(this.#rows)),
      new TakenLines(files.probe, probeMark, (probe) => this.#takeProbe(probe), renew(this.#probes)),
      new TakenLines(files.verify, verifyMark, (entry) => this.#takeVerify(entry), renew(this.#votes)),
    ];
  }

  has(sampleId: string): boolean {
    return this.#rows.has(sampleId);
  }

  /** When the last probe was asked for; undefined where there is none. */
  probedAt(sampleId: string): string | undefined {
    return this.#probes.get(sampleId)?.startedAt;
  }

  probeOf(sampleId: string): JournalProbe | undefined {
    const mark = this.#probes.get(sampleId);
    return mark && new JournalProbe(mark, () => this.#fullProbe(mark));
  }

  /** Whether the last answer differs from the label that it was asked for: then a review of the round holds it. */
  differsAt(sampleId: string): boolean {
    const mark = this.#probes.get(sampleId);
    return mark !== undefined && isMismatch(mark.outcome);
  }

  judgementOf(sampleId: string): JournalJudgement | undefined {
    return this.#judgements.get(sampleId);
  }

  /** Takes in what was added to the files, judgements not yet; resolves to whether anything was. */
  async refresh(): Promise<boolean> {
    let changed = false;
    for (const lines of this.#lines) changed = (await lines.refresh()) || changed;
    return changed;
  }

  /** Judges anew what `refresh` touched and what is named; in turns with a `pause` between them. */
  async judge(decided: Iterable<string>, decisionOf: (sampleId: string) => Decision | undefined, pause: () => Promise<void>): Promise<void> {
    const due = new Set([...this.#touched, ...decided]);
    this.#touched.clear();
    const turns = new Turns(pause);
    for (const id of due) {
      const decision = decisionOf(id);
      const read = (): Judgement | undefined => this.#judgement(id, decision);
      const judgement = read();
      if (judgement === undefined) this.#judgements.delete(id);
      else this.#judgements.set(id, new JournalJudgement(judgement, read));
      if (turns.isOver) await turns.next();
    }
  }

  #takeRow(row: RowMark): void {
    this.#rows.set(row.sampleId, row);
    this.#touched.add(row.sampleId);
  }

  /** A failed request never hides an answer, see rounds/fold.ts. */
  #takeProbe(probe: ProbeMark): void {
    const held = this.#probes.get(probe.sampleId);
    if (held !== undefined && probe.outcome === 'ERROR' && held.outcome !== 'ERROR') return;
    this.#probes.set(probe.sampleId, probe);
    this.#touched.add(probe.sampleId);
  }

  #takeVerify({ sampleId, labelHash, preCheck, place }: VerifyMark): void {
    const held = this.#votes.get(sampleId);
    const goesOn = held !== undefined && !preCheck && !held.preCheck && held.labelHash === labelHash;
    this.#votes.set(sampleId, { labelHash, preCheck, places: goesOn ? [...held.places, place] : [place] });
    this.#touched.add(sampleId);
  }

  #fullProbe({ place, sampleId }: ProbeMark): ProbeEntry | undefined {
    const entry = this.onDemand.read(this.files.probe, place, probeEntrySchema);
    return entry?.sampleId === sampleId ? entry : undefined;
  }

  #judgement(sampleId: string, decision: Decision | undefined): Judgement | undefined {
    const [mark, row, votes] = [this.#probes.get(sampleId), this.#rows.get(sampleId), this.#votes.get(sampleId)];
    if (mark === undefined || row === undefined || mark.labelHash !== row.labelHash) return undefined;
    const mismatch = isMismatch(mark.outcome);
    if (decision === undefined && (!mismatch || votes === undefined)) return undefined;
    if (!mismatch && !isMatch(mark.outcome)) return undefined;
    const sample = this.onDemand.read(this.files.rows, row.place, sampleSchema);
    const probe = this.#fullProbe(mark);
    if (sample === undefined || probe === undefined) return undefined;
    // Scratch journals belong to no round: what a person said of a round's pair is not about theirs.
    const context = { round: this.round ?? 0, relabel: this.relabel(), decision };
    if (!mismatch) return overruledMatch({ sample, probe }, context);
    const entries = (votes?.places ?? []).flatMap((place) => this.onDemand.read(this.files.verify, place, verifyEntrySchema) ?? []);
    // In scratch journals a sample may be probed again; votes before that are about another answer.
    const current = this.round === undefined ? entries.filter(({ startedAt }) => startedAt >= probe.startedAt) : entries;
    return foldJudgement({ sample, probe }, foldVerify(current).get(sampleId), context);
  }
}

function rowMark(value: JsonValue, place: LinePlace): RowMark | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, labelHash } = value;
  return typeof id === 'string' && typeof labelHash === 'string' ? { sampleId: id, labelHash, place } : undefined;
}

const outcomes: ReadonlySet<unknown> = new Set(probeOutcomes);

/** Only what is kept is looked at: the whole entry is checked when it is read again. */
function probeMark(value: JsonValue, place: LinePlace): ProbeMark | undefined {
  if (!isJsonObject(value)) return undefined;
  const { sampleId, labelHash, outcome, ppl, startedAt, type } = value;
  if (type !== 'probe' || typeof sampleId !== 'string' || typeof labelHash !== 'string' || typeof startedAt !== 'string' || !outcomes.has(outcome)) return undefined;
  return { sampleId, labelHash, outcome: outcome as ProbeOutcome, ppl: typeof ppl === 'number' ? ppl : null, startedAt, place };
}

function verifyMark(value: JsonValue, place: LinePlace): VerifyMark | undefined {
  if (!isJsonObject(value)) return undefined;
  const { sampleId, labelHash, type } = value;
  if (typeof sampleId !== 'string' || typeof labelHash !== 'string' || (type !== 'vote' && type !== 'preCheck')) return undefined;
  return { sampleId, labelHash, preCheck: type === 'preCheck', place };
}
