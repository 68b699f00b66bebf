import type { Decision, DecisionPass } from '../../../core/review/decision.ts';
import type { DecisionState } from '../../../core/review/decisionState.ts';
import type { QueueItem } from '../../../core/review/queue/queueItem.ts';
import { Rng } from '../../../core/random/rng.ts';
import type { ReviewMode } from '../../../protocol/review/messages.ts';

export type ModeFacts = { readonly state: DecisionState; readonly user: string };

/** What the kinds of review differ in. */
export type ModeRules = {
  /** Which pairs there are to decide at all; undefined for all. Calibration samples keep the order in which they were drawn. */
  readonly base: (indexOf: ReadonlyMap<string, number>, items: readonly QueueItem[], facts: ModeFacts) => readonly number[] | undefined;
  readonly isDecided: (item: QueueItem, facts: ModeFacts) => boolean;
  /** Whether this person's own decisions on the pair lift the blind. */
  readonly isRevealed: (item: QueueItem, facts: ModeFacts) => boolean;
  readonly pass: DecisionPass;
  readonly blind: 'always' | 'never' | 'asked';
  /** Bulk decisions and picked arguments, which no measurement may count, are refused where they would spoil it. */
  readonly looksAtEach: boolean;
};

const sees = (decision: Decision, item: QueueItem): boolean => decision.labelHash === item.labelHash;
const own = (item: QueueItem, { state, user }: ModeFacts, also: (d: Decision) => boolean): boolean =>
  state.standingOf(item.sampleId).some((d) => d.by === user && sees(d, item) && also(d));

const review: ModeRules = {
  base: () => undefined,
  isDecided: (item, { state }) => state.inForce.get(item.sampleId)?.labelHash === item.labelHash,
  isRevealed: (item, facts) => own(item, facts, () => true),
  pass: 'first',
  blind: 'asked',
  looksAtEach: false,
};

const second: ModeRules = {
  base: (_indexOf, items, facts) => indices(items, (item) => isForSecondLook(item, facts)),
  isDecided: (item, facts) => own(item, facts, (d) => d.pass === 'second'),
  isRevealed: (item, facts) => own(item, facts, (d) => d.pass === 'second'),
  pass: 'second',
  blind: 'always',
  looksAtEach: true,
};

const adjudication: ModeRules = {
  base: (_indexOf, items, { state }) => indices(items, (item) => state.conflicts.has(item.sampleId)),
  isDecided: (item, { state }) => !state.conflicts.has(item.sampleId),
  isRevealed: () => true,
  pass: 'adjudication',
  blind: 'never',
  looksAtEach: true,
};

/** A pair is decided once, by whoever comes to it first: the sample says something of the judge, not of its readers. */
function calibration(id: string): ModeRules {
  return {
    base: (indexOf, items, { state }) =>
      (state.calibrations.get(id)?.pairs ?? []).flatMap(({ sampleId, labelHash }) => {
        const index = indexOf.get(sampleId);
        return index === undefined || items[index]?.labelHash !== labelHash ? [] : [index];
      }),
    isDecided: (item, { state }) => state.standingOf(item.sampleId).some((d) => d.calibration === id && sees(d, item)),
    // Who goes back to change a decision of the sample has to be as blind as before.
    isRevealed: () => false,
    pass: 'first',
    blind: 'always',
    looksAtEach: true,
  };
}

export function rulesOf(mode: ReviewMode): ModeRules {
  switch (mode.kind) {
    case 'review':
      return review;
    case 'second':
      return second;
    case 'adjudication':
      return adjudication;
    case 'calibration':
      return calibration(mode.id);
  }
}

/** A coin for each pair of each calibration, the same in every window and on every day. */
export function isSwapped(mode: ReviewMode, sampleId: string): boolean {
  return mode.kind === 'calibration' && new Rng('calibration sides', mode.id, sampleId).next() < 0.5;
}

/** Decided in the first pass by somebody else and not by this person, and looked at a second time by nobody else. */
function isForSecondLook(item: QueueItem, { state, user }: ModeFacts): boolean {
  if (!state.inForce.has(item.sampleId)) return false;
  const decisions = state.standingOf(item.sampleId).filter((d) => sees(d, item));
  const first = decisions.filter((d) => (d.pass ?? 'first') === 'first');
  return first.length > 0 && first.every((d) => d.by !== user) && !decisions.some((d) => d.pass === 'adjudication' || (d.pass === 'second' && d.by !== user));
}

function indices(items: readonly QueueItem[], holds: (item: QueueItem) => boolean): readonly number[] {
  const found: number[] = [];
  for (const [index, item] of items.entries()) if (holds(item)) found.push(index);
  return found;
}
