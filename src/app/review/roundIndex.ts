import type { RoundFiles } from '../../node/projectFiles.ts';
import { isMismatch } from '../../core/toolcall/outcome.ts';
import { FollowedBytes, type LinePlace } from '../followedBytes.ts';
import { acceptedExpansion, probeOf, rowId, rowParents, verifiedId } from './journalLines.ts';
import { PlaceList } from './placeList.ts';

/** Where the lines of a mismatch stand: its row in the set, its last answer and what was said of it. */
export type PairPlaces = { readonly row: LinePlace; readonly probe: LinePlace; readonly votes: readonly LinePlace[] };

/**
 * Follows the files of a round and the set of the next one. Of each row and each mismatch it keeps the place alone, some
 * hundred bytes, so that a round of any size can be reviewed.
 */
export class RoundIndex {
  /** Samples of which something came since they were last taken out of it. */
  readonly touched = new Set<string>();
  /** Numbers of lines, from 1, that could not be read, by file. */
  readonly unreadable = new Map<string, number[]>();
  readonly #rows = new Map<string, number>();
  readonly #probes = new Map<string, number>();
  readonly #votes = new Map<string, number[]>();
  readonly #parents = new Map<string, string>();
  readonly #nextRows: { readonly id: string; readonly parent: string }[] = [];
  readonly #accepted = new Set<string>();
  readonly #acceptedOf = new Map<string, number>();
  #rowPlaces = new PlaceList();
  #probePlaces = new PlaceList();
  #votePlaces = new PlaceList();
  #hasNext = false;
  #stemming: ReadonlyMap<string, number> | undefined;
  readonly #files: readonly FollowedBytes[];

  constructor(round: RoundFiles, next: RoundFiles) {
    this.#files = [
      this.#follow(round.train(), (line, place) => this.#takeRow(line, place), () => {
        this.#touchAll(this.#rows);
        this.#rows.clear();
        this.#parents.clear();
        this.#rowPlaces = new PlaceList();
      }),
      this.#follow(round.journal('probe'), (line, place) => this.#takeProbe(line, place), () => {
        this.#touchAll(this.#probes);
        this.#probes.clear();
        this.#probePlaces = new PlaceList();
      }),
      this.#follow(round.journal('verify'), (line, place) => this.#takeVote(line, place), () => {
        this.#touchAll(this.#votes);
        this.#votes.clear();
        this.#votePlaces = new PlaceList();
      }),
      this.#follow(next.train(), (line) => this.#takeNext(line), () => {
        this.#nextRows.length = 0;
        this.#hasNext = false;
        this.#stemming = undefined;
      }),
      this.#follow(round.journal('expand'), (line) => this.#takeExpansion(line), () => {
        this.#accepted.clear();
        this.#acceptedOf.clear();
      }),
    ];
  }

  /** Takes in what was added to the files; resolves to whether anything was. */
  async refresh(): Promise<boolean> {
    let changed = false;
    for (const file of this.#files) changed = (await file.refresh()) || changed;
    return changed;
  }

  /** Ids of the mismatches that the set has a row of, in the order of their first answers. */
  *mismatches(): Iterable<string> {
    for (const id of this.#probes.keys()) if (this.#rows.has(id)) yield id;
  }

  get answers(): number {
    return this.#probePlaces.length;
  }

  placesOf(sampleId: string): PairPlaces | undefined {
    const [row, probe] = [this.#rows.get(sampleId), this.#probes.get(sampleId)];
    if (row === undefined || probe === undefined) return undefined;
    return { row: this.#rowPlaces.at(row), probe: this.#probePlaces.at(probe), votes: (this.#votes.get(sampleId) ?? []).map((vote) => this.#votePlaces.at(vote)) };
  }

  /** Rows of the next set that stem from a sample, and itself; before there is one, its accepted expansions count. */
  weightOf(sampleId: string): number {
    if (!this.#hasNext) return 1 + (this.#acceptedOf.get(sampleId) ?? 0);
    this.#stemming ??= this.#countStemming();
    return 1 + (this.#stemming.get(sampleId) ?? 0);
  }

  #follow(file: string, take: (line: Buffer, place: LinePlace) => boolean, restart: () => void): FollowedBytes {
    return new FollowedBytes(
      file,
      (line, place, number) => {
        if (line.length === 0 || take(line, place)) return;
        const numbers = this.unreadable.get(file);
        if (numbers === undefined) this.unreadable.set(file, [number]);
        else numbers.push(number);
      },
      () => {
        this.unreadable.delete(file);
        restart();
      },
    );
  }

  #touchAll(map: ReadonlyMap<string, unknown>): void {
    for (const id of map.keys()) this.touched.add(id);
  }

  #takeRow(line: Buffer, place: LinePlace): boolean {
    const id = rowId(line);
    if (id === undefined) return false;
    this.#rows.set(id, this.#rowPlaces.add(place));
    const [parent] = rowParents(line);
    if (parent !== undefined) this.#parents.set(id, parent);
    this.touched.add(id);
    return true;
  }

  /** A failed request never hides an answer, and a later answer takes the place of an earlier one: see rounds/fold.ts. */
  #takeProbe(line: Buffer, place: LinePlace): boolean {
    const probe = probeOf(line);
    if (probe === undefined) return false;
    const { sampleId, outcome } = probe;
    if (outcome === 'ERROR') return true;
    if (isMismatch(outcome)) this.#probes.set(sampleId, this.#probePlaces.add(place));
    else if (!this.#probes.delete(sampleId)) return true;
    this.touched.add(sampleId);
    return true;
  }

  #takeVote(line: Buffer, place: LinePlace): boolean {
    const sampleId = verifiedId(line);
    if (sampleId === undefined) return false;
    const at = this.#votePlaces.add(place);
    const votes = this.#votes.get(sampleId);
    if (votes === undefined) this.#votes.set(sampleId, [at]);
    else votes.push(at);
    this.touched.add(sampleId);
    return true;
  }

  #takeNext(line: Buffer): boolean {
    const id = rowId(line);
    if (id === undefined) return false;
    this.#hasNext = true;
    this.#stemming = undefined;
    const [parent] = rowParents(line);
    if (parent !== undefined) this.#nextRows.push({ id, parent });
    return true;
  }

  #takeExpansion(line: Buffer): boolean {
    const accepted = acceptedExpansion(line);
    if (accepted === undefined || this.#accepted.has(accepted.key)) return true;
    this.#accepted.add(accepted.key);
    this.#acceptedOf.set(accepted.seedId, (this.#acceptedOf.get(accepted.seedId) ?? 0) + 1);
    return true;
  }

  #countStemming(): ReadonlyMap<string, number> {
    const parents = new Map([...this.#parents, ...this.#nextRows.map(({ id, parent }) => [id, parent] as const)]);
    const counts = new Map<string, number>();
    for (const { id } of this.#nextRows) {
      const seen = new Set([id]);
      for (let at = parents.get(id); at !== undefined && !seen.has(at); at = parents.get(at)) {
        seen.add(at);
        counts.set(at, (counts.get(at) ?? 0) + 1);
      }
    }
    return counts;
  }
}
