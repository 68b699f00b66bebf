import type { ComposeSettings } from '../config/projectConfig.ts';
import type { Rng } from '../random/rng.ts';
import { byId } from './selection.ts';

/** A sample that the policy gets right, with what there is to rank it by. */
export type Ranked = { readonly id: string; readonly ppl: number | null; readonly passRate?: number | undefined };

/** How many of the samples taken were ranked by what. */
export type RankedBy = { readonly ppl: number; readonly passRate: number; readonly seed: number };

type Groups<T> = { readonly ppl: readonly T[]; readonly passRate: readonly T[]; readonly seed: readonly T[] };

/**
 * The matched samples that the mode would take if there were places for all (paper section 4.2; looptool-spec.md 3.3), nearest
 * to the boundary of what the policy can do first: highest perplexity; then, of samples without one, lowest pass rate of their
 * repeats; then those with neither, in a seeded order. Quantile and threshold take by a measure, and so only what has it: the
 * perplexity, or where no sample has one and for a quantile, the pass rate.
 */
export function matchedByMode<T extends Ranked>(candidates: readonly T[], { mode, ratio, quantile, threshold }: ComposeSettings['highPpl'], rng: Rng, notes: string[]): readonly T[] {
  const groups = rankGroups(candidates, rng);
  const ranked = [...groups.ppl, ...groups.passRate, ...groups.seed];
  if (mode === 'fill') return ranked;
  // A share such as 0.28 of 25 is 7, whatever its last bit says.
  if (mode === 'ratio') return ranked.slice(0, Math.ceil(ratio * ranked.length - 1e-9));
  const byPassRate = mode === 'quantile' && groups.ppl.length === 0;
  const measured = byPassRate ? groups.passRate : groups.ppl;
  const left = ranked.length - measured.length;
  if (left > 0) notes.push(`${left} of ${ranked.length} matched samples have no perplexity${byPassRate && measured.length > 0 ? ' and no pass rate' : ''}: the mode ${mode} cannot take them`);
  if (mode === 'threshold') return measured.filter(({ ppl }) => (ppl ?? 0) >= threshold);
  const valueOf = ({ ppl, passRate }: T): number => (byPassRate ? -(passRate ?? 0) : (ppl ?? 0));
  // The nearest rank, from the smallest: of four values the quantile 0.5 is the second lowest. Values descend.
  const least = measured[measured.length - Math.max(1, Math.ceil(quantile * measured.length - 1e-9))];
  return least === undefined ? [] : measured.filter((item) => valueOf(item) >= valueOf(least));
}

/** What the samples taken were ranked by, with the lowest perplexity among them, and in words wherever that is not the paper's perplexity. */
export function rankOf(taken: readonly Ranked[], over: ComposeSettings['highPpl']['over']): { readonly threshold: number | undefined; readonly rankedBy: RankedBy; readonly notes: readonly string[] } {
  const rankedBy = { ppl: 0, passRate: 0, seed: 0 };
  for (const item of taken) rankedBy[measureOf(item)] += 1;
  const notes: string[] = [];
  if (over !== 'all' && rankedBy.ppl > 0) notes.push(`the perplexity is over the tokens of the ${over === 'call' ? 'calls' : 'answer'} alone`);
  const highest = Math.max(...taken.map((item) => (measureOf(item) === 'passRate' ? (item.passRate ?? 0) : 0)));
  if (rankedBy.passRate > 0) notes.push(`${rankedBy.passRate} of ${taken.length} matched samples have no perplexity: ranked by the pass rate of their repeats, lowest first, up to ${(highest * 100).toFixed(0)} %`);
  if (rankedBy.seed > 0) notes.push(`${rankedBy.seed} of ${taken.length} matched samples have no perplexity: taken in a seeded order`);
  return { threshold: taken.findLast(({ ppl }) => ppl !== null)?.ppl ?? undefined, rankedBy, notes };
}

/** Ties of perplexity by id; of pass rates, which are few and coarse, by the seed. */
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
