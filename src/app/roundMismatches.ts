import { trainRowSchema, type TrainRow } from '../core/dataset/sample.ts';
import { verifyCases } from '../core/loop/jglv.ts';
import { foldJudgement } from '../core/loop/judgement.ts';
import { relabelRule } from '../core/review/measure/gate.ts';
import { foldProbe, foldVerify } from '../core/rounds/fold.ts';
import type { Judgement, ProbeEntry, VerifyEntry } from '../core/rounds/journalEntries.ts';
import { isMismatch } from '../core/toolcall/outcome.ts';
import { ProjectFiles, type RoundFiles } from '../node/projectFiles.ts';
import { FollowedLines } from './followedLines.ts';
import { entriesOf, followProbe, followVerify, type Placed } from './placedLines.ts';

/** The samples of a round whose answer did not match, with the last probe and what the journal says of them. */
export type Mismatches = {
  readonly rows: ReadonlyMap<string, TrainRow>;
  /** Of the same samples, sorted by sample id. */
  readonly probes: readonly ProbeEntry[];
  /** What the judge, or a pre-check, found; a person's decision is not in it. Absent while votes are missing. */
  readonly judgements: ReadonlyMap<string, Judgement>;
};

/**
 * Follows the files of a round that a review needs: rows are kept for mismatches alone. Files that did not change since the
 * last call are not read, and then the same object is given again.
 */
export class RoundMismatches {
  readonly #files: RoundFiles;
  readonly #round: number;
  readonly #probe: FollowedLines<Placed<ProbeEntry>>;
  readonly #verify: FollowedLines<Placed<VerifyEntry>>;
  #rows: FollowedLines<TrainRow>;
  #wanted: ReadonlySet<string> = new Set();
  #current: Mismatches | undefined;

  constructor(directory: string, round: number) {
    this.#files = new ProjectFiles(directory).round(round);
    this.#round = round;
    this.#probe = followProbe(this.#files.journal('probe'));
    this.#verify = followVerify(this.#files.journal('verify'));
    this.#rows = this.#followRows();
  }

  /** Journal lines of the verification, for whoever shows them. */
  get verifyLines(): FollowedLines<Placed<VerifyEntry>> {
    return this.#verify;
  }

  async load(): Promise<Mismatches> {
    const changed = await Promise.all([this.#probe.refresh(), this.#verify.refresh()]);
    const probes = foldProbe(entriesOf(this.#probe).entries);
    const wanted = new Set([...probes.values()].filter(({ outcome }) => isMismatch(outcome)).map((p) => p.sampleId));
    // Rows are read again from the start only when a sample is wanted that was passed over.
    const more = [...wanted].some((id) => !this.#wanted.has(id));
    if (more) {
      this.#wanted = wanted;
      this.#rows = this.#followRows();
    }
    const rowsChanged = await this.#rows.refresh();
    if (this.#current && !more && !rowsChanged && !changed.some(Boolean)) return this.#current;
    this.#current = await this.#fold(probes, wanted);
    return this.#current;
  }

  async #fold(probes: ReadonlyMap<string, ProbeEntry>, wanted: ReadonlySet<string>): Promise<Mismatches> {
    const manifest = await this.#files.readManifest();
    const relabel = relabelRule(manifest);
    const rows = new Map(this.#rows.items.filter((row) => wanted.has(row.id)).map((row) => [row.id, row]));
    const folds = foldVerify(entriesOf(this.#verify).entries);
    const judgements = new Map<string, Judgement>();
    for (const verifyCase of verifyCases([...rows.values()], probes)) {
      const judgement = foldJudgement(verifyCase, folds.get(verifyCase.sample.id), { round: this.#round, relabel });
      if (judgement) judgements.set(verifyCase.sample.id, judgement);
    }
    const current = [...probes.values()].filter((p) => rows.get(p.sampleId)?.labelHash === p.labelHash);
    return { rows, probes: current, judgements };
  }

  #followRows(): FollowedLines<TrainRow> {
    return new FollowedLines(this.#files.train(), (value) => {
      const parsed = trainRowSchema.safeParse(value);
      return parsed.success && this.#wanted.has(parsed.data.id) ? parsed.data : undefined;
    });
  }
}
