import { labelHash } from '../dataset/identity.ts';
import type { Calibration, Decision, DecisionOperation } from './decision.ts';
import type { DecisionState, LiveDecisionState } from './decisionState.ts';
import { decisionInForce } from './precedence.ts';
import { UndoGraph } from './undoGraph.ts';

type Note = Extract<DecisionOperation, { op: 'note' }>;
type UndoOperation = Extract<DecisionOperation, { op: 'undo' }>;

/** `decision` is as written, `shown` has the note that was added last. */
type Entry = { readonly decision: Decision; shown: Decision; readonly turn: number; readonly ownTurn: number };

/** Decisions in the order of the log, and where the latest standing one is at most. */
type Line = { readonly entries: Entry[]; top: number };
/** `undos`: of this person, since they last decided. */
type Person = Line & { undos: UndoOperation[] };

/**
 * State of the decisions log, in the order of the file. An `undo` takes back the operation or the group that it names, an undo
 * of an undo puts it back, wherever in the file they stand. Operations with an id that came before are ignored, so that a
 * line written twice counts once. `calibrate` cannot be taken back: a sample that may be drawn again until it pleases is none.
 */
export class DecisionFold implements LiveDecisionState {
  readonly #ids = new Set<string>();
  readonly #undos = new UndoGraph();
  readonly #byId = new Map<string, Entry>();
  readonly #groups = new Map<string, Entry[]>();
  readonly #samples = new Map<string, Entry[]>();
  readonly #people = new Map<string, Person>();
  readonly #all: Line = { entries: [], top: -1 };
  /** By the decision that they are on. */
  readonly #notes = new Map<string, Note[]>();
  readonly #noted = new Map<string, string>();
  readonly #inForce = new Map<string, Decision>();
  readonly #conflicts = new Set<string>();
  readonly #calibrations = new Map<string, Calibration>();
  #standing: readonly Decision[] | undefined;

  get inForce(): ReadonlyMap<string, Decision> {
    return this.#inForce;
  }

  /** Made anew after each change: linear in the log. */
  get standing(): readonly Decision[] {
    return (this.#standing ??= this.#standingAmong(this.#all.entries));
  }

  standingOf(sampleId: string): readonly Decision[] {
    return this.#standingAmong(this.#samples.get(sampleId) ?? []);
  }

  get undoTarget(): Decision | undefined {
    return this.#latest(this.#all)?.shown;
  }

  undoTargetOf(by: string): { readonly target: string; readonly decisions: readonly Decision[] } | undefined {
    const person = this.#people.get(by);
    const latest = person && this.#latest(person);
    if (latest === undefined) return undefined;
    const { id, group } = latest.decision;
    return group === undefined ? { target: id, decisions: [latest.shown] } : { target: group, decisions: this.#standingAmong(this.#groups.get(group) ?? []) };
  }

  redoTargetOf(by: string): { readonly target: string; readonly decisions: readonly Decision[] } | undefined {
    const undo = this.#people.get(by)?.undos.findLast(({ id, target }) => this.#undos.counts(id) && this.#named(target).length > 0);
    return undo && { target: undo.id, decisions: this.#named(undo.target).map(({ shown }) => shown) };
  }

  get conflicts(): ReadonlySet<string> {
    return this.#conflicts;
  }

  get calibrations(): ReadonlyMap<string, Calibration> {
    return this.#calibrations;
  }

  add(operations: readonly DecisionOperation[]): ReadonlySet<string> {
    const changed = new Set<string>();
    const undos: UndoOperation[] = [];
    for (const operation of operations) {
      if (this.#ids.has(operation.id)) continue;
      this.#ids.add(operation.id);
      if (operation.op === 'decide') changed.add(this.#decide(operation).decision.sampleId);
      else if (operation.op === 'calibrate') this.#calibrations.set(operation.id, operation);
      else if (operation.op === 'note') this.#note(operation, changed);
      else {
        this.#personOf(operation.by).undos.push(operation);
        undos.push(operation);
      }
    }
    for (const target of this.#undos.add(undos)) this.#turned(target, changed);
    for (const sampleId of changed) this.#settle(sampleId);
    if (changed.size > 0) this.#standing = undefined;
    return changed;
  }

  #decide(decision: Decision): Entry {
    const person = this.#personOf(decision.by);
    const entry: Entry = { decision, shown: decision, turn: this.#all.entries.length, ownTurn: person.entries.length };
    this.#byId.set(decision.id, entry);
    pushTo(this.#samples, decision.sampleId, entry);
    if (decision.group !== undefined) pushTo(this.#groups, decision.group, entry);
    this.#all.top = this.#all.entries.push(entry) - 1;
    person.top = person.entries.push(entry) - 1;
    person.undos = [];
    return entry;
  }

  #note(note: Note, changed: Set<string>): void {
    pushTo(this.#notes, note.target, note);
    this.#noted.set(note.id, note.target);
    this.#changedBy(note.target, changed);
  }

  /** What has this id was taken back or put back. */
  #turned(id: string, changed: Set<string>): void {
    for (const entry of this.#named(id)) {
      changed.add(entry.decision.sampleId);
      if (!this.#stands(entry)) continue;
      this.#all.top = Math.max(this.#all.top, entry.turn);
      const person = this.#personOf(entry.decision.by);
      person.top = Math.max(person.top, entry.ownTurn);
    }
    const noted = this.#noted.get(id);
    if (noted !== undefined) this.#changedBy(noted, changed);
  }

  #changedBy(decisionId: string, changed: Set<string>): void {
    const entry = this.#byId.get(decisionId);
    if (entry !== undefined) changed.add(entry.decision.sampleId);
  }

  #settle(sampleId: string): void {
    const entries = this.#samples.get(sampleId) ?? [];
    for (const entry of entries) this.#showNote(entry);
    const standing = this.#standingAmong(entries);
    const inForce = decisionInForce(standing);
    if (inForce === undefined) this.#inForce.delete(sampleId);
    else this.#inForce.set(sampleId, inForce);
    if (isConflict(standing)) this.#conflicts.add(sampleId);
    else this.#conflicts.delete(sampleId);
  }

  #showNote(entry: Entry): void {
    const { decision } = entry;
    const notes = this.#notes.get(decision.id);
    if (notes === undefined) return;
    const note = notes.findLast(({ id }) => !this.#undos.isTakenBack(id))?.note ?? decision.note;
    if (note === entry.shown.note) return;
    entry.shown = note === decision.note ? decision : { ...decision, note };
  }

  /** The decision with this id, or those of the group with it. */
  #named(id: string): readonly Entry[] {
    const one = this.#byId.get(id);
    const group = this.#groups.get(id) ?? [];
    return one === undefined ? group : [one, ...group.filter((entry) => entry !== one)];
  }

  #stands({ decision: { id, group } }: Entry): boolean {
    return !this.#undos.isTakenBack(id) && (group === undefined || !this.#undos.isTakenBack(group));
  }

  #standingAmong(entries: readonly Entry[]): readonly Decision[] {
    const standing: Decision[] = [];
    for (const entry of entries) if (this.#stands(entry)) standing.push(entry.shown);
    return standing;
  }

  #latest(line: Line): Entry | undefined {
    for (; line.top >= 0; line.top--) {
      const entry = line.entries[line.top];
      if (entry !== undefined && this.#stands(entry)) return entry;
    }
    return undefined;
  }

  #personOf(by: string): Person {
    let person = this.#people.get(by);
    if (person === undefined) this.#people.set(by, (person = { entries: [], top: -1, undos: [] }));
    return person;
  }
}

export function foldDecisions(operations: readonly DecisionOperation[]): DecisionState {
  const fold = new DecisionFold();
  fold.add(operations);
  return fold;
}

/** Whether a decision changes the label of its sample, and so has something to apply. */
export function changesLabel(decision: Decision): boolean {
  return (decision.ruling === 'takePrediction' || decision.ruling === 'edit') && decision.label !== undefined;
}

/** Two people's latest decisions on one label differ, and it was not adjudicated since. `standing` is of one sample, oldest first. */
function isConflict(standing: readonly Decision[]): boolean {
  const [first] = standing;
  if (first === undefined || standing.every(({ by }) => by === first.by)) return false;
  const latest = new Map<string, Map<string, Decision>>();
  for (const decision of standing) {
    const { labelHash: seen, pass, by } = decision;
    let people = latest.get(seen);
    if (people === undefined) latest.set(seen, (people = new Map<string, Decision>()));
    // Settled: only decisions from here on can disagree anew, with the adjudicator too.
    if (pass === 'adjudication') people.clear();
    people.set(by, decision);
  }
  return [...latest.values()].some((people) => people.size > 1 && differ([...people.values()]));
}

function differ([first, ...others]: readonly Decision[]): boolean {
  if (first === undefined || others.length === 0) return false;
  if (others.some(({ ruling }) => ruling !== first.ruling)) return true;
  const result = resultOf(first);
  return others.some((other) => resultOf(other) !== result);
}

function resultOf({ label }: Decision): string {
  return label === undefined ? '' : labelHash(label);
}

function pushTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [value]);
  else there.push(value);
}
