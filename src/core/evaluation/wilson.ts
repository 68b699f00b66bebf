export type Interval = { readonly value: number; readonly low: number; readonly high: number };

/** Two-sided 95 % quantile of the standard normal. */
const z95 = 1.959963984540054;

/**
 * Wilson score interval of a share. Unlike the plain normal interval it stays within [0, 1] and does not collapse at 0 or n.
 * With n = 0 nothing is known: the share is 0 and the interval is [0, 1].
 */
export function wilson(successes: number, n: number, z = z95): Interval {
  if (n === 0) return { value: 0, low: 0, high: 1 };
  const share = successes / n;
  const z2 = z * z;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  // Rounding must not push an end past the share itself.
  return { value: share, low: Math.max(0, Math.min(share, centre - half)), high: Math.min(1, Math.max(share, centre + half)) };
}
