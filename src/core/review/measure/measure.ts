import type { ProjectConfig } from '../../config/projectConfig.ts';
import { verdicts, type FinalVerdict, type Verdict } from '../../rounds/verdict.ts';
import type { Calibration } from '../decision.ts';
import type { DecisionState } from '../decisionState.ts';
import type { QueueItem } from '../queue/queueItem.ts';
import { keyOf } from './calibration.ts';
import { countedDecisions } from './countedDecisions.ts';
import { gateState, type GatedJudge, type RoundGate } from './gate.ts';
import { weightedKappa } from './kappa.ts';
import { meaningOf } from './meaning.ts';
import type { ClassPrecision, Measurement } from './measurement.ts';
import { peopleFigures } from './people.ts';
import { classPrecision, shareOf } from './precision.ts';

export type MeasureInput = {
  /** All pairs of the source, and its round. */
  readonly items: readonly QueueItem[];
  readonly round: number | undefined;
  readonly state: Pick<DecisionState, 'standing' | 'calibrations' | 'conflicts'>;
  /** Names of judges that are simulated. */
  readonly simulated?: ReadonlySet<string>;
  /** Of a project: its settings now, and the judge that its next round would ask. */
  readonly next?: { readonly settings: ProjectConfig['verify']; readonly judge: GatedJudge };
  /** What the round of the source went by. */
  readonly roundGate?: RoundGate | undefined;
  /** Interval that is wished for; see `more` of a class. */
  readonly width?: number;
};

/** All figures on a judge and the people who measured it. Where they come from: docs/judge.md. */
export function measure({ items, round, state, simulated = new Set(), next, roundGate, width = 0.1 }: MeasureInput): Measurement {
  const source = { items: new Map(items.map((item) => [keyOf(item), item])), round };
  const calibrations = [...state.calibrations.values()];
  const classes = calibrations.map((calibration) => classPrecision(calibration, state, source, width)).reverse();
  classes.sort((a, b) => Number(b.current) - Number(a.current));
  const current = new Set(classes.filter((one) => one.current).map(({ calibration }) => calibration));
  const used = calibrations.filter(({ id }) => current.has(id));
  return {
    confusion: confusionOf(used, state),
    classes,
    kappas: kappasOf(used, state),
    orderFlips: orderFlips(items),
    ...(next === undefined ? {} : { gate: gateState(next.settings, next.judge, state) }),
    ...(roundGate === undefined ? {} : { roundGate: shownGate(roundGate) }),
    people: peopleFigures(state),
    drawable: drawable(items, simulated),
    notes: notesOn(classes, source.items.size, calibrations),
  };
}

function confusionOf(calibrations: readonly Calibration[], state: MeasureInput['state']): Measurement['confusion'] {
  return calibrations.flatMap((calibration) => {
    const { judge, promptVersion, verdict } = calibration;
    const cells = new Map<string, { judge: string; promptVersion: string; verdict: Verdict; ruling: Measurement['confusion'][number]['ruling']; meant: FinalVerdict; count: number }>();
    for (const { decision } of countedDecisions(calibration, state).decisions) {
      const [{ ruling }, meant] = [decision, meaningOf(decision)];
      const cell = cells.get(`${ruling} ${meant}`) ?? { judge, promptVersion, verdict, ruling, meant, count: 0 };
      cell.count += 1;
      cells.set(`${ruling} ${meant}`, cell);
    }
    return [...cells.values()];
  });
}

function kappasOf(calibrations: readonly Calibration[], state: MeasureInput['state']): Measurement['kappas'] {
  return [...groupedByJudge(calibrations)].flatMap(([, samples]) => {
    const strata = samples.map((calibration) => ({
      category: calibration.verdict,
      population: calibration.population,
      said: countedDecisions(calibration, state).decisions.map(({ decision }) => meaningOf(decision)),
    }));
    const kappa = weightedKappa<FinalVerdict>(strata);
    const [first] = samples;
    if (kappa === undefined || first === undefined) return [];
    const measured = samples.filter((_, index) => (strata[index]?.said.length ?? 0) > 0).map(({ verdict }) => verdict);
    return [{ ...kappa, judge: first.judge, promptVersion: first.promptVersion, verdicts: measured }];
  });
}

/** Two answers were asked for, one in each order; a pair whose orders disagree has no verdict. */
function orderFlips(items: readonly QueueItem[]): Measurement['orderFlips'] {
  const asked = items.filter((item): item is JudgedItem => isJudged(item) && item.votes >= 2);
  return [...groupedByJudge(asked)].map(([, pairs]) => {
    const { judge, promptVersion } = pairs[0];
    return { judge, promptVersion, ...shareOf(pairs.filter(({ agreeing, votes }) => agreeing < votes).length, pairs.length) };
  });
}

function drawable(items: readonly QueueItem[], simulated: ReadonlySet<string>): Measurement['drawable'] {
  return [...groupedByJudge(items.filter(isJudged))].flatMap(([, pairs]) => {
    const { judge, promptVersion } = pairs[0];
    return verdicts.flatMap((verdict) => {
      const count = pairs.filter((pair) => pair.verdict === verdict).length;
      return count === 0 ? [] : [{ judge, promptVersion, simulated: simulated.has(judge), verdict, count }];
    });
  });
}

type JudgedItem = QueueItem & { readonly judge: string; readonly promptVersion: string };

/** A rule that decides without a judge has no prompt. */
function isJudged(item: QueueItem): item is JudgedItem {
  return item.judge !== undefined && item.promptVersion !== undefined;
}

function groupedByJudge<T extends { readonly judge: string; readonly promptVersion: string }>(items: readonly T[]): ReadonlyMap<string, readonly [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = JSON.stringify([item.judge, item.promptVersion]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function shownGate({ passed: _passed, at: _at, ...shown }: RoundGate): Measurement['roundGate'] {
  return shown;
}

function notesOn(classes: readonly ClassPrecision[], pairs: number, calibrations: readonly Calibration[]): readonly string[] {
  const notes: string[] = [];
  const open = classes.filter(({ current, complete }) => current && !complete).length;
  if (open > 0) notes.push(`Samples that are not decided to their end: ${open}. Their figures are provisional, and the gate does not look at them.`);
  const seen = classes.filter(({ current }) => current).reduce((sum, { seenBefore }) => sum + seenBefore, 0);
  if (seen > 0) notes.push(`Decisions by people who had ruled on the pair before with the verdict in sight: ${seen}. They count, for a sample without them would be none of the whole class.`);
  const left = classes.filter(({ current }) => current).reduce((sum, { uncounted }) => sum + uncounted, 0);
  if (left > 0) notes.push(`Drawn pairs that have only decisions that do not count: ${left}. Those are cherry-picked, or made with the verdict in sight.`);
  const elsewhere = classes.filter(({ precision, byKind, byTool }) => precision.n > 0 && byKind.length === 0 && byTool.length === 0).length;
  if (elsewhere > 0) notes.push(`Samples that were drawn from another round or file, and so are not split by tool and kind here: ${elsewhere}.`);
  if (calibrations.length === 0) notes.push(pairs === 0 ? 'Nothing is judged here yet.' : 'No calibration sample has been drawn yet: nothing is known of how often the judge is right.');
  return notes;
}
