import type { Decision } from '../../../core/review/decision.ts';
import { changesLabel } from '../../../core/review/foldDecisions.ts';
import { filterMask } from '../../../core/review/queue/filterItems.ts';
import { PreparedItems } from '../../../core/review/queue/preparedItems.ts';
import { orderedIndices } from '../../../core/review/queue/orderItems.ts';
import type { QueueFacts } from '../../../core/review/queue/queueFacts.ts';
import type { QueueItem } from '../../../core/review/queue/queueItem.ts';
import { queueSpecSchema, type QueueSpec } from '../../../core/review/queue/queueSpec.ts';
import type { ReviewMode } from '../../../protocol/review/messages.ts';
import { rulesOf, type ModeRules } from './sessionMode.ts';

const decidedBit = 1;
const toApplyBit = 2;
const listedBit = 4;

/**
 * The pairs of a source, the list of those that the person goes through, and where they are in it. The list stays as it is
 * while decisions are made: what no longer passes the filter goes only when the queue is set again. Counts are kept as they
 * change; nothing here looks at more than the numbers of the list when a key is pressed.
 */
export class SessionQueue {
  #items: readonly QueueItem[] = [];
  #index: ReadonlyMap<string, number> = new Map();
  #flags = new Uint8Array(0);
  #shapes: Uint32Array = new Uint32Array(0);
  #undecidedOfShape = new Uint32Array(0);
  #list: number[] = [];
  #undecided = 0;
  #toApply = 0;
  #position = 0;
  #mode: ReviewMode = { kind: 'review' };
  #rules: ModeRules = rulesOf(this.#mode);

  constructor(
    private readonly facts: QueueFacts,
    private readonly isApplied: (decisionId: string) => boolean = () => false,
    private current: QueueSpec = queueSpecSchema.parse({}),
  ) {}

  get items(): readonly QueueItem[] {
    return this.#items;
  }

  get index(): ReadonlyMap<string, number> {
    return this.#index;
  }

  get spec(): QueueSpec {
    return this.current;
  }

  get mode(): ReviewMode {
    return this.#mode;
  }

  get rules(): ModeRules {
    return this.#rules;
  }

  /** 0-based; equal to `total` at the end. */
  get position(): number {
    return this.#position;
  }

  get total(): number {
    return this.#list.length;
  }

  get undecided(): number {
    return this.#undecided;
  }

  get toApply(): number {
    return this.#toApply;
  }

  get item(): QueueItem | undefined {
    return this.itemAt(this.#position);
  }

  itemAt(position: number): QueueItem | undefined {
    const index = this.#list[position];
    return index === undefined ? undefined : this.#items[index];
  }

  itemOf(sampleId: string): QueueItem | undefined {
    const index = this.#index.get(sampleId);
    return index === undefined ? undefined : this.#items[index];
  }

  /** -1 where the list does not hold it. */
  placeOf(sampleId: string): number {
    const index = this.#index.get(sampleId);
    return index === undefined || !this.#has(index, listedBit) ? -1 : this.#list.indexOf(index);
  }

  holds(sampleId: string): boolean {
    const index = this.#index.get(sampleId);
    return index !== undefined && this.#has(index, listedBit);
  }

  isDecided(sampleId: string): boolean {
    const index = this.#index.get(sampleId);
    return index !== undefined && this.#has(index, decidedBit);
  }

  /** Undecided others of the list with the same difference. */
  similarTo(sampleId: string): number {
    const index = this.#index.get(sampleId);
    if (index === undefined || this.#items[index]?.shape === '') return 0;
    const self = this.#has(index, listedBit) && !this.#has(index, decidedBit) ? 1 : 0;
    return (this.#undecidedOfShape[this.#shapes[index] ?? 0] ?? 0) - self;
  }

  /** In the order of the list, as they are now. */
  undecidedItems(shape?: string): readonly QueueItem[] {
    return this.#list.flatMap((index) => {
      const item = this.#items[index];
      return item === undefined || this.#has(index, decidedBit) || (shape !== undefined && item.shape !== shape) ? [] : [item];
    });
  }

  pendingItems(): readonly QueueItem[] {
    return this.#items.filter((_, index) => this.#has(index, toApplyBit));
  }

  /** Takes in the pairs of a source for the first time. */
  open(items: readonly QueueItem[]): void {
    this.#take(items);
    this.set(this.current, this.#mode);
  }

  /** Makes the list anew and goes to the first pair that is undecided. */
  set(spec: QueueSpec, mode: ReviewMode): void {
    this.current = spec;
    this.#mode = mode;
    this.#rules = rulesOf(mode);
    this.#flagAll();
    this.#relist(this.#selected());
    const first = this.#nextUndecided(0);
    this.#position = first ?? (spec.filter.state === 'all' || spec.filter.state === 'undecided' ? this.total : 0);
  }

  /**
   * Takes in other pairs of the source. What has been gone through stays in its order, with what was decided since; what lies
   * ahead is chosen and ordered anew. The sample at the position stays the one that is shown, where it is still there.
   */
  load(items: readonly QueueItem[]): void {
    const before = this.#list.map((index) => this.#items[index]?.sampleId ?? '');
    const at = this.#position;
    this.#take(items);
    this.#flagAll();
    const selected = this.#selected();
    const chosen = new Set(selected);
    const old = before.map((sampleId) => this.#index.get(sampleId) ?? -1);
    const keeps = (index: number): boolean => index >= 0 && (chosen.has(index) || this.#has(index, decidedBit));
    const current = old[at] ?? -1;
    const gone = old.slice(0, at).filter(keeps);
    const rest = [...(current >= 0 ? [current] : []), ...old.slice(at + 1).filter((index) => keeps(index) && !chosen.has(index)), ...selected];
    const calibrating = this.#mode.kind === 'calibration';
    this.#relist(calibrating ? selected : [...new Set([...gone, ...rest])]);
    this.#position = calibrating ? Math.max(0, this.#list.indexOf(current)) : gone.length;
  }

  /** Takes in that decisions on these samples are other ones than before. */
  update(samples: Iterable<string>): void {
    for (const sampleId of samples) {
      const index = this.#index.get(sampleId);
      if (index === undefined) continue;
      const before = this.#flags[index] ?? 0;
      this.#count(index, -1);
      this.#flags[index] = (before & listedBit) | this.#flagsOf(index);
      this.#count(index, 1);
    }
  }

  moveTo(position: number): void {
    this.#position = Math.max(0, Math.min(this.total, Math.trunc(position)));
  }

  /** To the first undecided pair at or after a place, else to the end. */
  toUndecidedFrom(position: number): void {
    this.#position = this.undecidedFrom(position);
  }

  /** Where `toUndecidedFrom` would go. */
  undecidedFrom(position: number): number {
    return this.#nextUndecided(position) ?? this.total;
  }

  /** The next undecided one behind the position, else the first of all, else the end. */
  toNextUndecided(): void {
    this.#position = this.#nextUndecided(this.#position + 1) ?? this.#nextUndecided(0) ?? this.total;
  }

  /** Shows samples of the source, and takes them into the list where it does not hold them. False where the source has none of them. */
  show(sampleIds: readonly string[]): boolean {
    const indices = sampleIds.flatMap((id) => this.#index.get(id) ?? []);
    const known = indices.filter((index) => this.#has(index, listedBit));
    if (known.length > 0) {
      const wanted = new Set(known);
      this.#position = this.#list.findIndex((index) => wanted.has(index));
      return true;
    }
    if (indices.length === 0 || this.#mode.kind !== 'review') return false;
    const found = indices.flatMap((index) => this.#items[index] ?? []);
    const mask = filterMask(found, { ...this.current.filter, state: 'all' }, this.facts);
    const fitting = indices.filter((_, place) => mask[place] === 1);
    const [first] = indices;
    const guests = fitting.length > 0 || first === undefined ? fitting : [first];
    this.#list = [...this.#list.slice(0, this.#position), ...guests, ...this.#list.slice(this.#position)];
    for (const index of guests) {
      this.#count(index, -1);
      this.#flags[index] = (this.#flags[index] ?? 0) | listedBit;
      this.#count(index, 1);
    }
    return true;
  }

  #take(items: readonly QueueItem[]): void {
    this.#items = items;
    this.#index = new Map(items.map(({ sampleId }, index) => [sampleId, index]));
    const { shapeOf, shapes } = PreparedItems.of(items).shapes;
    this.#shapes = shapeOf;
    this.#undecidedOfShape = new Uint32Array(shapes.length);
  }

  #selected(): readonly number[] {
    const base = this.#rules.base(this.#index, this.#items, this.facts);
    if (this.#mode.kind === 'calibration') return base ?? [];
    if (base === undefined) return Array.from(orderedIndices(this.#items, filterMask(this.#items, this.current.filter, this.facts), this.current.order, this.facts));
    // Decided means something else in these modes than a decision in force.
    const { state } = this.current.filter;
    const within = new Set(base.filter((index) => state === 'all' || state === 'conflict' || this.#has(index, decidedBit) === (state === 'decided')));
    const mask = filterMask(this.#items, { ...this.current.filter, state: 'all' }, this.facts).map((passes, index) => (passes === 1 && within.has(index) ? 1 : 0));
    return Array.from(orderedIndices(this.#items, mask, this.current.order, this.facts));
  }

  #relist(list: readonly number[]): void {
    this.#list = [...list];
    this.#undecided = 0;
    this.#undecidedOfShape.fill(0);
    this.#toApply = 0;
    for (let i = 0; i < this.#flags.length; i++) this.#flags[i] = (this.#flags[i] ?? 0) & ~listedBit;
    for (const index of list) this.#flags[index] = (this.#flags[index] ?? 0) | listedBit;
    for (let i = 0; i < this.#flags.length; i++) this.#count(i, 1);
  }

  #nextUndecided(from: number): number | undefined {
    for (let place = Math.max(0, from); place < this.#list.length; place++) if (!this.#has(this.#list[place] ?? 0, decidedBit)) return place;
    return undefined;
  }

  #flagAll(): void {
    this.#flags = new Uint8Array(this.#items.length);
    // In a review nothing is decided without a decision in force, and those are few when a large source is opened.
    const indices = this.#mode.kind === 'review' ? this.#decidedIndices() : this.#flags.keys();
    for (const index of indices) this.#flags[index] = this.#flagsOf(index);
  }

  *#decidedIndices(): Iterable<number> {
    for (const sampleId of this.facts.state.inForce.keys()) {
      const index = this.#index.get(sampleId);
      if (index !== undefined) yield index;
    }
  }

  #flagsOf(index: number): number {
    const item = this.#items[index];
    if (item === undefined) return 0;
    const decision = this.facts.state.inForce.get(item.sampleId);
    const pending = decision?.labelHash === item.labelHash && changesDataset(decision) && !this.isApplied(decision.id);
    return (this.#rules.isDecided(item, this.facts) ? decidedBit : 0) | (pending ? toApplyBit : 0);
  }

  #has(index: number, bit: number): boolean {
    return ((this.#flags[index] ?? 0) & bit) !== 0;
  }

  #count(index: number, by: 1 | -1): void {
    if (this.#has(index, toApplyBit)) this.#toApply += by;
    if (!this.#has(index, listedBit) || this.#has(index, decidedBit)) return;
    this.#undecided += by;
    const shape = this.#shapes[index] ?? 0;
    this.#undecidedOfShape[shape] = (this.#undecidedOfShape[shape] ?? 0) + by;
  }
}

/** Another label, or no record any more; what was saved in a file stands there already. */
function changesDataset(decision: Decision): boolean {
  return (changesLabel(decision) || decision.ruling === 'drop') && decision.source === undefined && decision.way !== 'file';
}
