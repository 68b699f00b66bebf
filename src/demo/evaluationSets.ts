import { Rng } from '../core/random/rng.ts';
import type { Wording } from './catalogue/toolSpec.ts';
import type { DataSide } from './values.ts';
import { drawKind, drawSample, kindShares, type DemoSample } from './world.ts';

/** `count` samples of the data's kinds, wordings taken in turn, no two with the same tools and messages. */
export function drawSamples(count: number, wordings: readonly Wording[], side: DataSide, rng: Rng, taken = new Set<string>()): DemoSample[] {
  const out: DemoSample[] = [];
  for (let tries = 0; out.length < count; tries++) {
    if (tries > 50 * count) throw new Error(`the demo world has too few samples for ${count} different ones`);
    const wording = wordings[out.length % wordings.length] ?? 'base';
    const sample = drawSample({ wording, side, kind: drawKind(kindShares, rng) }, rng);
    const key = contentKey(sample);
    if (taken.has(key)) continue;
    taken.add(key);
    out.push(sample);
  }
  return out;
}

/** Equal for samples with equal tools and messages. */
export function contentKey(sample: DemoSample): string {
  return JSON.stringify([sample.tools.map((tool) => tool.name), sample.messages]);
}

/** Clean sets that measure a checkpoint: known requests; new values in known and loop wordings; new wordings. */
export function evaluationSets(count: number): Readonly<Record<'known' | 'values' | 'templates', readonly DemoSample[]>> {
  return {
    known: drawSamples(count, ['base'], 'known', new Rng('evaluate known')),
    values: drawSamples(count, ['base', 'loop'], 'new', new Rng('evaluate values')),
    templates: drawSamples(count, ['held'], 'known', new Rng('evaluate templates')),
  };
}
