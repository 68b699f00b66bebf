/** How many of the first `count` ascending numbers are below `value`: the index of the first that is not. */
export function countBelow(ascending: ArrayLike<number>, value: number, count = ascending.length): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the first `count` ascending whole numbers are at most `value`: one more than the index of the last that is. */
export function countUpTo(ascending: ArrayLike<number>, value: number, count = ascending.length): number {
  return countBelow(ascending, value + 1, count);
}
