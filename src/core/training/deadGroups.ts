import type { Interval } from '../evaluation/wilson.ts';
import type { Rng } from '../random/rng.ts';

/** How often one prompt was answered rightly: `right` of `n` sampled answers. */
export type Passes = { readonly right: number; readonly n: number };

/** A Beta distribution of pass rates. */
export type Beta = { readonly a: number; readonly b: number };

export type DeadGroups = {
  /** Rollouts of a group. */
  readonly group: number;
  /** Expected share of groups whose rollouts are all right or all wrong, with a 95 % interval; and the two parts of it. */
  readonly dead: Interval;
  readonly right: number;
  readonly wrong: number;
  /** Pass rates over prompts, as fitted. */
  readonly prior: Beta;
  readonly prompts: number;
};

type Cell = Passes & { readonly count: number };

const resamples = 200;

/**
 * Forecast of GRPO groups that teach nothing, from a few sampled answers to each prompt. A prompt's pass rate is taken to come
 * from one Beta distribution, which is fitted to all prompts (maximum likelihood of the beta-binomial, with the evidence of
 * one more prompt spread evenly over all results, so that a handful of equal prompts is not taken for certainty); the groups
 * of a prompt follow from its posterior (the posterior predictive). The interval is the Bayesian bootstrap over prompts, refitted
 * each time. A fixed prior would not do: with four answers and sixteen rollouts it decides the result, and pass rates are
 * U-shaped. Undefined without prompts.
 */
export function forecastDeadGroups(passes: readonly Passes[], group: number, rng: Rng): DeadGroups | undefined {
  const cells = cellsOf(passes.filter(({ n }) => n > 0));
  if (cells.length === 0) return undefined;
  const { dead, right, wrong, prior } = forecast(cells, spread(cells), group);
  const shares = Float64Array.from({ length: resamples }, () => {
    const weighted = cells.map((cell) => ({ ...cell, count: gamma(cell.count, rng) }));
    const extra = spread(cells).map((cell) => ({ ...cell, count: cell.count * exponential(rng) }));
    return forecast(weighted, extra, group).dead;
  }).sort();
  const at = (q: number): number => shares[Math.min(resamples - 1, Math.max(0, Math.round(q * (resamples - 1))))] ?? dead;
  return { group, dead: { value: dead, low: Math.min(dead, at(0.025)), high: Math.max(dead, at(0.975)) }, right, wrong, prior, prompts: cells.reduce((sum, { count }) => sum + count, 0) };
}

/** Chances that all of `group` further answers are right, and that all are wrong, after `right` of `n`. */
export function deadChances({ right, n }: Passes, { a, b }: Beta, group: number): { readonly right: number; readonly wrong: number } {
  let [allRight, allWrong] = [1, 1];
  for (let j = 0; j < group; j++) {
    const total = a + b + n + j;
    allRight *= (a + right + j) / total;
    allWrong *= (b + n - right + j) / total;
  }
  return { right: allRight, wrong: allWrong };
}

function forecast(cells: readonly Cell[], extra: readonly Cell[], group: number) {
  const prior = fitBeta([...cells, ...extra]);
  let [right, wrong, prompts] = [0, 0, 0];
  for (const cell of cells) {
    const chances = deadChances(cell, prior, group);
    right += cell.count * chances.right;
    wrong += cell.count * chances.wrong;
    prompts += cell.count;
  }
  return { right: right / prompts, wrong: wrong / prompts, dead: (right + wrong) / prompts, prior };
}

function cellsOf(passes: readonly Passes[]): readonly Cell[] {
  const cells = new Map<string, { right: number; n: number; count: number }>();
  for (const { right, n } of passes) {
    const key = `${n} ${right}`;
    const cell = cells.get(key) ?? { right, n, count: 0 };
    cell.count += 1;
    cells.set(key, cell);
  }
  return [...cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}

/** One prompt in all, spread over every result that the most frequently asked number of answers can have. */
function spread(cells: readonly Cell[]): readonly Cell[] {
  const n = Math.max(...cells.map((cell) => cell.n));
  return Array.from({ length: n + 1 }, (_, right) => ({ right, n, count: 1 / (n + 1) }));
}

/** Maximum likelihood by pattern search over the mean (logit) and the precision (log): bounded, without derivatives, the same everywhere. */
export function fitBeta(cells: readonly Cell[]): Beta {
  const at = (x: number, y: number): Beta => {
    const mean = 1 / (1 + Math.exp(-x));
    const precision = Math.exp(y);
    return { a: mean * precision, b: (1 - mean) * precision };
  };
  let [x, y] = [0, 0];
  let best = logLikelihood(cells, at(x, y));
  for (let step = 2; step > 1e-3; ) {
    let moved = false;
    for (const [dx, dy] of [[step, 0], [-step, 0], [0, step], [0, -step]] as const) {
      const [nx, ny] = [Math.max(-8, Math.min(8, x + dx)), Math.max(-6, Math.min(8, y + dy))];
      const value = logLikelihood(cells, at(nx, ny));
      if (value > best + 1e-12) {
        [x, y, best, moved] = [nx, ny, value, true];
      }
    }
    if (!moved) step /= 2;
  }
  return at(x, y);
}

/** Of the beta-binomial, without the binomial coefficients, which do not depend on the distribution. */
function logLikelihood(cells: readonly Cell[], { a, b }: Beta): number {
  let sum = 0;
  for (const { right, n, count } of cells) {
    let one = 0;
    for (let j = 0; j < right; j++) one += Math.log(a + j);
    for (let j = 0; j < n - right; j++) one += Math.log(b + j);
    for (let j = 0; j < n; j++) one -= Math.log(a + b + j);
    sum += count * one;
  }
  return sum;
}

function exponential(rng: Rng): number {
  return -Math.log(Math.max(rng.next(), 1e-12));
}

/** Sum of `n` exponentials; beyond a few hundred, where the two cannot be told apart, a normal. */
function gamma(n: number, rng: Rng): number {
  if (n > 200) return Math.max(1, n + Math.sqrt(n) * rng.normal());
  let sum = 0;
  for (let i = 0; i < n; i++) sum += exponential(rng);
  return sum;
}
