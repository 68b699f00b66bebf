import type { JsonValue } from '../../json/value.ts';
import { valueKey } from '../../toolcall/canonicalCall.ts';

/** Items of two arrays next to each other that are the same, or stand against each other. */
export type ItemRun = { readonly same: boolean; readonly from: number; readonly predictionFrom: number; readonly count: number; readonly predictionCount: number };

/** The longest common part of the middle is looked for up to here. */
const mostCells = 250_000;
const mostItems = 20_000;

/** Runs of both arrays in order, by their longest common part; undefined for very long ones. */
export function alignItems(label: readonly JsonValue[], prediction: readonly JsonValue[]): readonly ItemRun[] | undefined {
  if (label.length + prediction.length > mostItems) return undefined;
  const [a, b] = [label.map(valueKey), prediction.map(valueKey)];
  let head = 0;
  const shortest = Math.min(a.length, b.length);
  while (head < shortest && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const matched = middleMatches(a.slice(head, a.length - tail), b.slice(head, b.length - tail)).map(([i, j]) => [i + head, j + head] as const);
  const ends = Array.from({ length: tail }, (_, i) => [a.length - tail + i, b.length - tail + i] as const);
  return runsOf([...Array.from({ length: head }, (_, i) => [i, i] as const), ...matched, ...ends], a.length, b.length);
}

type Match = readonly [label: number, prediction: number];

function middleMatches(a: readonly string[], b: readonly string[]): readonly Match[] {
  if (a.length * b.length > mostCells) return [];
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const matches: Match[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) matches.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return matches;
}

function runsOf(matches: readonly Match[], label: number, prediction: number): readonly ItemRun[] {
  const runs: ItemRun[] = [];
  let [i, j] = [0, 0];
  const gap = (toI: number, toJ: number): void => {
    if (toI > i || toJ > j) runs.push({ same: false, from: i, predictionFrom: j, count: toI - i, predictionCount: toJ - j });
    [i, j] = [toI, toJ];
  };
  for (let index = 0; index < matches.length; ) {
    const [fromI, fromJ] = matches[index] ?? [0, 0];
    gap(fromI, fromJ);
    let count = 0;
    while (matches[index + count]?.[0] === fromI + count && matches[index + count]?.[1] === fromJ + count) count += 1;
    runs.push({ same: true, from: fromI, predictionFrom: fromJ, count, predictionCount: count });
    [i, j] = [fromI + count, fromJ + count];
    index += count;
  }
  gap(label, prediction);
  return runs;
}
