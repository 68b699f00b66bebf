import type { ComposeSettings } from '../config/projectConfig.ts';
import type { Rng } from '../random/rng.ts';
import { byId } from './selection.ts';

/** A sample that the policy gets right, with what there is to rank it by. */
export type Ranked = { readonly id: string; readonly ppl: number | null; readonly passRate?: number | undefined };

/** How many of the samples taken were ranked by what. */
export type RankedBy = { readonly ppl: number; readonly passRate: number; readonly seed: number };

export type Selected<T> = {
  readonly taken: readonly T[];
  /** Lowest perplexity taken; undefined where none was taken by it. */
  readonly threshold: number | undefined;
  /** Highest pass rate taken by it. */
  readonly passRateThreshold: number | undefined;
  readonly rankedBy: RankedBy;
};

type Mode = Pick<ComposeSettings, 'selectionMode' | 'ratio' | 'quantile'>;

/**
 * Matched samples near the boundary of what the policy can do (paper section 4.2; looptool-spec.md 3.3), never more than there
 * is room for. `fill`: as many as there is room for. `ratio`: that share of all candidates, rounded up. `quantile`: those whose
 * measure is not below this quantile (nearest rank) of the candidates that have the measure.
 */
export function selectHighPpl<T extends Ranked>(candidates: readonly T[], room: number, mode: Mode, rng: Rng): Selected<T> {
  const groups = rankGroups(candidates, rng);
  const ranked = [...groups.ppl, ...groups.passRate, ...groups.seed];
  const taken = ranked.slice(0, Math.max(0, Math.min(room, wanted(ranked, groups, mode))));
  const counts = { ppl: 0, passRate: 0, seed: 0 };
  for (const item of taken) counts[measureOf(item)] += 1;
  return {
    taken,
    threshold: taken.findLast(({ ppl }) => ppl !== null)?.ppl ?? undefined,
    passRateThreshold: taken.findLast((item) => measureOf(item) === 'passRate')?.passRate,
    rankedBy: counts,
  };
}

type Groups<T> = { readonly ppl: readonly T[]; readonly passRate: readonly T[]; readonly seed: readonly T[] };

/** Highest perplexity first; then, of samples without one, the lowest pass rate; then those with neither in a seeded order. Ties by id, or by seed between pass rates: those are few and coarse. */
function rankGroups<T extends Ranked>(candidates: readonly T[], rng: Rng): Groups<T> {
  const ordered = byId(candidates);
  const of = (measure: keyof RankedBy): readonly T[] => ordered.filter((item) => measureOf(item) === measure);
  const seed = rng.shuffle(of('seed'));
  return {
    ppl: [...of('ppl')].sort((a, b) => (b.ppl ?? 0) - (a.ppl ?? 0)),
    passRate: rng.shuffle(of('passRate')).sort((a, b) => (a.passRate ?? 0) - (b.passRate ?? 0)),
    seed,
  };
}

function measureOf({ ppl, passRate }: Ranked): keyof RankedBy {
  if (ppl !== null) return 'ppl';
  return passRate === undefined ? 'seed' : 'passRate';
}

function wanted<T extends Ranked>(ranked: readonly T[], groups: Groups<T>, { selectionMode, ratio, quantile }: Mode): number {
  switch (selectionMode) {
    case 'fill':
      return ranked.length;
    case 'ratio':
      // A share such as 0.3 of 10 is 3, whatever its last bit says.
      return Math.ceil(ratio * ranked.length - 1e-9);
    case 'quantile':
      return aboveQuantile(groups, quantile);
  }
}

/** Of the first group that has members: a perplexity is not compared with a pass rate. */
function aboveQuantile<T extends Ranked>(groups: Groups<T>, quantile: number): number {
  const [values] = [groups.ppl.map(({ ppl }) => ppl ?? 0), groups.passRate.map(({ passRate }) => -(passRate ?? 0)), groups.seed.map((_, i) => -i)].filter((group) => group.length > 0);
  if (values === undefined) return 0;
  // Values descend; the nearest rank counts from the smallest.
  const rank = Math.max(1, Math.ceil(quantile * values.length - 1e-9));
  const least = values[values.length - rank] ?? 0;
  return values.filter((value) => value >= least).length;
}
