/** Cohen's kappa with a 95 % interval; `n` decisions. */
export type Kappa = { readonly value: number; readonly low: number; readonly high: number; readonly n: number };

/** Below this many decisions the interval is of no use, and the normal approximation of no worth. */
export const leastForKappa = 10;

const z95 = 1.959963984540054;

/**
 * Agreement of two people over the same pairs, beyond chance: (po - pe) / (1 - pe) (Cohen 1960), with the large-sample
 * standard error of Fleiss, Cohen and Everitt 1969. Undefined below ten pairs, and where somebody uses one category alone: then it is 0 whatever they say.
 */
export function cohensKappa<C extends string>(pairs: readonly (readonly [C, C])[]): Kappa | undefined {
  const n = pairs.length;
  if (n < leastForKappa) return undefined;
  const [rows, columns] = [new Map<C, number>(), new Map<C, number>()];
  for (const [first, second] of pairs) {
    add(rows, first, 1 / n);
    add(columns, second, 1 / n);
  }
  if (rows.size < 2 || columns.size < 2) return undefined;
  const agreed = pairs.filter(([first, second]) => first === second).length / n;
  const chance = [...rows].reduce((sum, [category, share]) => sum + share * (columns.get(category) ?? 0), 0);
  const slope = (i: C, j: C, spread: Spread): number => spread.agree(i === j) - spread.chance((columns.get(i) ?? 0) + (rows.get(j) ?? 0));
  return kappa(agreed, chance, n, (spread) => varianceOf(pairs.map(([i, j]) => slope(i, j, spread))));
}

/** One verdict class: how many pairs it has in all, and what people said of those that were drawn. */
export type Stratum<C extends string> = { readonly category: C; readonly population: number; readonly said: readonly C[] };

/**
 * Agreement of a judge with people over the classes that were sampled. A sample has a fixed size in each class, so its pairs
 * are weighted to the size of their class: pooled as they are, the sizes of the samples would make the figure. The standard
 * error is that of the delta method for independent samples in each class. Undefined below ten decisions, two classes, or two
 * words of people.
 */
export function weightedKappa<C extends string>(strata: readonly Stratum<C>[]): Kappa | undefined {
  const used = strata.filter(({ population, said }) => population > 0 && said.length > 0);
  const n = used.reduce((sum, { said }) => sum + said.length, 0);
  const words = new Set(used.flatMap(({ said }) => said));
  if (used.length < 2 || words.size < 2 || n < leastForKappa) return undefined;
  const total = used.reduce((sum, { population }) => sum + population, 0);
  const rows = new Map(used.map(({ category, population }) => [category, population / total]));
  let [agreed, chance] = [0, 0];
  for (const { category, population, said } of used) {
    const weight = population / total / said.length;
    for (const word of said) {
      if (word === category) agreed += weight;
      chance += weight * (rows.get(word) ?? 0);
    }
  }
  return kappa(agreed, chance, n, (spread) =>
    used.reduce((sum, { category, population, said }) => {
      const slopes = said.map((word) => spread.agree(word === category) - spread.chance(rows.get(word) ?? 0));
      return sum + (population / total) ** 2 * varianceOf(slopes);
    }, 0),
  );
}

/** How much kappa moves with the shares of agreement and of chance. */
type Spread = { readonly agree: (agrees: boolean) => number; readonly chance: (share: number) => number };

function kappa(agreed: number, chance: number, n: number, variance: (spread: Spread) => number): Kappa | undefined {
  const room = 1 - chance;
  if (room < 1e-12) return undefined;
  const value = (agreed - chance) / room;
  const spread: Spread = { agree: (agrees) => (agrees ? 1 / room : 0), chance: (share) => (share * (1 - agreed)) / room ** 2 };
  const half = z95 * Math.sqrt(variance(spread));
  return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half), n };
}

/** Variance of the mean of independent draws; of one draw nothing is known of it. */
function varianceOf(slopes: readonly number[]): number {
  const n = slopes.length;
  const mean = slopes.reduce((sum, slope) => sum + slope, 0) / n;
  return slopes.reduce((sum, slope) => sum + (slope - mean) ** 2, 0) / n / n;
}

function add<C>(counts: Map<C, number>, category: C, share: number): void {
  counts.set(category, (counts.get(category) ?? 0) + share);
}
