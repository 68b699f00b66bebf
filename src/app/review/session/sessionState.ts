import type { Decision, DecisionOperation } from '../../../core/review/decision.ts';
import { expectedValue } from '../../../core/review/queue/expectedValue.ts';
import { facetsOf } from '../../../core/review/queue/facets.ts';
import type { QueueFacts } from '../../../core/review/queue/queueFacts.ts';
import type { QueueItem } from '../../../core/review/queue/queueItem.ts';
import { queueSpecSchema, type QueueSpec } from '../../../core/review/queue/queueSpec.ts';
import type { ReviewItem } from '../../../protocol/review/item.ts';
import type { ReviewMode, ReviewSnapshot } from '../../../protocol/review/messages.ts';
import { Pace } from './pace.ts';
import { PairCache, type ShownPair } from './pairCache.ts';
import { plainSay, ReviewRefusal } from './reviewTexts.ts';
import { SavedCounts } from './savedCounts.ts';
import { isSwapped } from './sessionMode.ts';
import type { Say, SessionPorts } from './sessionPorts.ts';
import { SessionQueue } from './sessionQueue.ts';

const mostWarnings = 50;

export type SnapshotExtras = { readonly facets?: boolean; readonly offer?: ReviewSnapshot['offer']; readonly announcement?: string };

/** What a session knows: the list with the position, the pairs around it, the counts, and how all of it is shown. */
export class SessionState {
  readonly say: Say;
  readonly queue: SessionQueue;
  readonly pairs: PairCache;
  readonly facts: QueueFacts;
  readonly #counts: SavedCounts;
  readonly #pace: Pace;
  #applied: ReadonlySet<string> = new Set();
  #value: ReturnType<typeof expectedValue> | undefined;
  #isOpen = false;
  #blind: boolean;

  constructor(readonly ports: SessionPorts) {
    const { log, user } = ports;
    this.say = ports.say ?? plainSay;
    this.facts = {
      user,
      get state() {
        return log.state;
      },
    };
    this.queue = new SessionQueue(this.facts, (id) => this.#applied.has(id), ports.spec ?? queueSpecSchema.parse({}));
    this.pairs = new PairCache(ports.source, ports.rules);
    this.#counts = new SavedCounts(this.facts);
    this.#pace = new Pace(user);
    this.#blind = ports.blind ?? false;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Takes in what has changed outside. Resolves to whether anything has; throws where the source cannot be read. A source that
   * is still being read has other pairs at each look: they are taken in when it is done, or when the list is made anew (`all`).
   */
  async sync(all = false): Promise<{ readonly source: boolean; readonly decisions: boolean }> {
    const changed = await this.ports.log.refresh();
    const items = this.#isReading && !all ? this.queue.items : await this.ports.source.items();
    if (!this.#isOpen) {
      await this.readApplied();
      this.queue.open(items);
      this.#isOpen = true;
      this.#pace.load(this.facts.state.standing);
      await this.#listed();
      return { source: true, decisions: true };
    }
    if (changed.size > 0) {
      this.took(changed);
      this.#pace.load(this.facts.state.standing);
    }
    const source = this.#takeItems(items);
    if (source) await this.#listed();
    return { source, decisions: changed.size > 0 };
  }

  /** The source alone: looked at before each decision, since a label may have been changed since it was shown. */
  async syncSource(): Promise<void> {
    if (!this.#isReading && this.#takeItems(await this.ports.source.items())) await this.#listed();
  }

  /** Pairs of a source that was open before it was read to its end. */
  get #isReading(): boolean {
    return this.#isOpen && (this.ports.source.unread ?? 0) > 0;
  }

  #takeItems(items: readonly QueueItem[]): boolean {
    if (items === this.queue.items) return false;
    this.pairs.clear();
    this.queue.load(items);
    return true;
  }

  async set(spec: QueueSpec, mode: ReviewMode): Promise<void> {
    this.queue.set(spec, mode);
    await this.#listed();
  }

  setBlind(blind: boolean): void {
    this.#blind = blind;
  }

  async readApplied(): Promise<void> {
    if (this.ports.applied === undefined) return;
    const before = this.#applied;
    this.#applied = await this.ports.applied();
    if (!this.#isOpen) return;
    const { inForce } = this.facts.state;
    this.queue.update([...inForce.values()].filter(({ id }) => before.has(id) !== this.#applied.has(id)).map(({ sampleId }) => sampleId));
  }

  async #listed(): Promise<void> {
    this.#value = undefined;
    this.#counts.recount(await this.ports.queues.read(), this.queue.items);
  }

  /** Writes operations and takes in what they change: when this resolves they are on the disk. */
  async append(operations: readonly DecisionOperation[]): Promise<void> {
    this.took(await this.ports.log.append(operations));
    for (const operation of operations) if (operation.op === 'decide') this.#pace.add(operation);
  }

  took(samples: ReadonlySet<string>): void {
    this.queue.update(samples);
    this.#counts.update(samples, this.queue.items, this.queue.index);
  }

  forgetPace(decisions: readonly Decision[]): void {
    this.#pace.remove(decisions);
  }

  recountPace(): void {
    this.#pace.load(this.facts.state.standing);
  }

  async recountQueues(): Promise<void> {
    this.#counts.recount(await this.ports.queues.read(), this.queue.items);
  }

  stamp(): { readonly id: string; readonly at: string; readonly by: string } {
    return { id: this.ports.newId(), at: this.ports.now().toISOString(), by: this.ports.user };
  }

  /** The pair as it is now, with the queue's entry. Throws a refusal where the sample is gone or has another label than the person saw. */
  async pairFor(sampleId: string, labelHash?: string): Promise<ShownPair & { readonly entry: QueueItem }> {
    const entry = this.queue.itemOf(sampleId);
    const shown = entry && (await this.pairs.get(entry));
    if (entry === undefined || shown === undefined) throw new ReviewRefusal(this.say('This sample is no longer here. Go on with the next one, or open the review again.'), true);
    if (labelHash !== undefined && (entry.labelHash !== labelHash || shown.pair.sample.labelHash !== labelHash))
      throw new ReviewRefusal(this.say('The label has changed since it was shown. Look at it again, then decide.'), true);
    return { ...shown, entry };
  }

  /** Verdict, votes and others' decisions are kept from the person until they have decided the pair. */
  isHidden(item: QueueItem): boolean {
    const { rules } = this.queue;
    return this.isBlind && !rules.isRevealed(item, this.facts);
  }

  get isBlind(): boolean {
    const { blind } = this.queue.rules;
    return blind === 'always' || (blind === 'asked' && this.#blind);
  }

  get calibration(): string | undefined {
    const { mode } = this.queue;
    return mode.kind === 'calibration' ? mode.id : undefined;
  }

  /** Whether a decision is one that this kind of review makes, on a pair that it can show. */
  reaches(decisions: readonly Decision[]): boolean {
    const { rules, mode } = this.queue;
    return decisions.some(
      ({ pass, calibration, sampleId }) => (pass ?? 'first') === rules.pass && calibration === this.calibration && (mode.kind === 'review' ? this.queue.index.has(sampleId) : this.queue.holds(sampleId)),
    );
  }

  async snapshot({ facets, offer, announcement }: SnapshotExtras = {}): Promise<ReviewSnapshot> {
    const { queue, ports } = this;
    const { state, user } = this.facts;
    const item = await this.#item();
    const [undo, redo] = [state.undoTargetOf(user), state.redoTargetOf(user)];
    const { perHour } = this.#pace;
    return {
      type: 'snapshot',
      title: ports.source.title,
      ...(ports.source.round === undefined ? {} : { round: ports.source.round }),
      user,
      mode: queue.mode,
      blind: this.isBlind,
      swapped: item !== undefined && isSwapped(queue.mode, item.sampleId),
      spec: queue.spec,
      position: queue.position,
      total: queue.total,
      undecided: queue.undecided,
      sourceTotal: queue.items.length,
      ...(perHour === undefined ? {} : { perHour }),
      canUndo: undo !== undefined && this.reaches(undo.decisions),
      canRedo: redo !== undefined && this.reaches(redo.decisions),
      toApply: queue.toApply,
      queues: this.#counts.queues,
      ...(facets === true ? { facets: facetsOf(queue.items, this.facts) } : {}),
      ...(item === undefined ? {} : { item }),
      ...(offer === undefined ? {} : { offer }),
      warnings: this.#warnings(),
      ...(announcement === undefined ? {} : { announcement }),
    };
  }

  async #item(): Promise<ReviewItem | undefined> {
    const entry = this.queue.item;
    const shown = entry && (await this.pairs.get(entry));
    if (entry === undefined || shown === undefined) return undefined;
    const hidden = this.isHidden(entry);
    const { judgement, ...rest } = shown.item;
    const decisions = this.#decisionsOn(entry, hidden);
    const similar = this.queue.mode.kind === 'review' ? this.queue.similarTo(entry.sampleId) : 0;
    if (hidden) return { ...rest, decisions, similar };
    this.#value ??= expectedValue(this.queue.items, this.facts);
    return { ...rest, ...(judgement === undefined ? {} : { judgement }), value: this.#value(entry), decisions, similar };
  }

  #decisionsOn({ sampleId }: QueueItem, hidden: boolean): ReviewItem['decisions'] {
    const { state, user } = this.facts;
    const inForce = state.inForce.get(sampleId);
    return state
      .standingOf(sampleId)
      .filter(({ by, calibration }) => !hidden || (by === user && calibration === this.calibration && calibration !== undefined))
      .map(({ id, at, by, ruling, pass, note }) => ({ id, at, by, ruling, pass: pass ?? 'first', ...(note === undefined ? {} : { note }), inForce: inForce?.id === id }));
  }

  #warnings(): readonly string[] {
    const missing = this.#missingOfCalibration();
    const { unread = 0 } = this.ports.source;
    const reading = unread === 0 ? [] : [this.say('{0} pairs are still being read. They join the queue when they are.', unread)];
    const all = [...reading, ...(missing === undefined ? [] : [missing]), ...this.ports.source.warnings, ...this.ports.log.warnings];
    return all.length <= mostWarnings ? all : [...all.slice(0, mostWarnings), this.say('… and {0} more', all.length - mostWarnings)];
  }

  #missingOfCalibration(): string | undefined {
    const drawn = this.calibration === undefined ? undefined : this.facts.state.calibrations.get(this.calibration)?.pairs.length;
    if (drawn === undefined || drawn <= this.queue.total) return undefined;
    return this.say('{0} of the {1} pairs that were drawn are no longer here or have another label now: the sample cannot be completed.', drawn - this.queue.total, drawn);
  }
}
