import type { RoundFiles } from '../../node/projectFiles.ts';
import { isMismatch } from '../../core/toolcall/outcome.ts';
import { FollowedBytes, type LinePlace, type ReadState } from '../followedBytes.ts';
import { acceptedExpansion, probeOf, rowId, rowParents, verifiedId } from './journalLines.ts';
import { PlaceList } from './placeList.ts';

/** Where the lines of a mismatch stand: its row in the set, its last answer and what was said of it. */
export type PairPlaces = { readonly row: LinePlace; readonly probe: LinePlace; readonly votes: readonly LinePlace[] };

/** All that an index holds, as plain JSON. `files` are train, probe, verify, the next set and expand. */
export type IndexSnapshot = {
  readonly files: readonly { readonly file: string; readonly state: ReadState }[];
  readonly rows: SavedPlaces;
  readonly probes: SavedPlaces;
  readonly votes: { readonly of: readonly (readonly [string, readonly number[]])[]; readonly places: readonly [readonly number[], readonly number[]] };
  readonly parents: readonly (readonly [string, string])[];
  readonly nextRows: readonly (readonly [string, string])[];
  readonly hasNext: boolean;
  readonly accepted: readonly (readonly [string, string])[];
  readonly unreadable: readonly (readonly [string, readonly number[]])[];
};
type SavedPlaces = { readonly ids: readonly string[]; readonly places: readonly [readonly number[], readonly number[]] };

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
  readonly #nextRows: (readonly [string, string])[] = [];
  /** Seeds by candidate. */
  readonly #accepted = new Map<string, string>();
  #rowPlaces = new PlaceList();
  #probePlaces = new PlaceList();
  #votePlaces = new PlaceList();
  #hasNext = false;
  #stemming: ReadonlyMap<string, number> | undefined;
  readonly #files: readonly FollowedBytes[];

  /** Goes on from a snapshot, where there is one; whoever gives it has made sure that the files begin as they did. */
  constructor(round: RoundFiles, next: RoundFiles, from?: IndexSnapshot) {
    if (from !== undefined) this.#restore(from);
    const stateOf = (file: string): ReadState | undefined => from?.files.find((one) => one.file === file)?.state;
    this.#files = this.#followed(round, next).map(({ file, take, restart }) => this.#follow(file, take, restart, stateOf(file)));
  }

  #followed(round: RoundFiles, next: RoundFiles): readonly Followed[] {
    return [
      { file: round.train(), take: (line, place) => this.#takeRow(line, place), restart: () => {
        this.#touchAll(this.#rows);
        this.#rows.clear();
        this.#parents.clear();
        this.#rowPlaces = new PlaceList();
        this.#stemming = undefined;
      } },
      { file: round.journal('probe'), take: (line, place) => this.#takeProbe(line, place), restart: () => {
        this.#touchAll(this.#probes);
        this.#probes.clear();
        this.#probePlaces = new PlaceList();
      } },
      { file: round.journal('verify'), take: (line, place) => this.#takeVote(line, place), restart: () => {
        this.#touchAll(this.#votes);
        this.#votes.clear();
        this.#votePlaces = new PlaceList();
      } },
      { file: next.train(), take: (line) => this.#takeNext(line), restart: () => {
        this.#nextRows.length = 0;
        this.#hasNext = false;
        this.#stemming = undefined;
      } },
      { file: round.journal('expand'), take: (line) => this.#takeExpansion(line), restart: () => {
        this.#accepted.clear();
        this.#stemming = undefined;
      } },
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

  placesOf(sampleId: string): PairPlaces | undefined {
    const [row, probe] = [this.#rows.get(sampleId), this.#probes.get(sampleId)];
    if (row === undefined || probe === undefined) return undefined;
    return { row: this.#rowPlaces.at(row), probe: this.#probePlaces.at(probe), votes: (this.#votes.get(sampleId) ?? []).map((vote) => this.#votePlaces.at(vote)) };
  }

  /** Rows of the next set that stem from a sample, and itself; before there is one, its accepted expansions count. */
  weightOf(sampleId: string): number {
    this.#stemming ??= this.#hasNext ? this.#countStemming() : counted(this.#accepted.values());
    return 1 + (this.#stemming.get(sampleId) ?? 0);
  }

  snapshot(): IndexSnapshot {
    return {
      files: this.#files.map(({ file, state }) => ({ file, state })),
      ...this.#savedPlaces(),
      parents: [...this.#parents],
      nextRows: this.#nextRows,
      hasNext: this.#hasNext,
      accepted: [...this.#accepted],
      unreadable: [...this.unreadable],
    };
  }

  /** The lists of places only grow: what a later line took the place of is left out. */
  #savedPlaces(): Pick<IndexSnapshot, 'rows' | 'probes' | 'votes'> {
    const saved = (indexes: ReadonlyMap<string, number>, places: PlaceList): SavedPlaces => {
      const kept = new PlaceList();
      for (const index of indexes.values()) kept.add(places.at(index));
      return { ids: [...indexes.keys()], places: kept.toArrays() };
    };
    return { rows: saved(this.#rows, this.#rowPlaces), probes: saved(this.#probes, this.#probePlaces), votes: { of: [...this.#votes], places: this.#votePlaces.toArrays() } };
  }

  #restore(from: IndexSnapshot): void {
    from.rows.ids.forEach((id, index) => this.#rows.set(id, index));
    this.#rowPlaces = new PlaceList(...from.rows.places);
    from.probes.ids.forEach((id, index) => this.#probes.set(id, index));
    this.#probePlaces = new PlaceList(...from.probes.places);
    for (const [id, votes] of from.votes.of) this.#votes.set(id, [...votes]);
    this.#votePlaces = new PlaceList(...from.votes.places);
    for (const [id, parent] of from.parents) this.#parents.set(id, parent);
    this.#nextRows.push(...from.nextRows);
    this.#hasNext = from.hasNext;
    for (const [candidate, seed] of from.accepted) this.#accepted.set(candidate, seed);
    for (const [file, lines] of from.unreadable) this.unreadable.set(file, [...lines]);
  }

  #follow(file: string, take: Followed['take'], restart: () => void, state: ReadState | undefined): FollowedBytes {
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
      state,
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
    if (parent !== undefined) this.#nextRows.push([id, parent]);
    return true;
  }

  #takeExpansion(line: Buffer): boolean {
    const accepted = acceptedExpansion(line);
    if (accepted === undefined) return true;
    this.#accepted.set(accepted.key, accepted.seedId);
    this.#stemming = undefined;
    return true;
  }

  #countStemming(): ReadonlyMap<string, number> {
    const parents = new Map([...this.#parents, ...this.#nextRows]);
    const ancestors: string[] = [];
    for (const [id] of this.#nextRows) {
      const seen = new Set([id]);
      for (let at = parents.get(id); at !== undefined && !seen.has(at); at = parents.get(at)) {
        seen.add(at);
        ancestors.push(at);
      }
    }
    return counted(ancestors);
  }
}

type Followed = { readonly file: string; readonly take: (line: Buffer, place: LinePlace) => boolean; readonly restart: () => void };

function counted(ids: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
