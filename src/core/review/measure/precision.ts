import { wilson } from '../../evaluation/wilson.ts';
import type { Calibration } from '../decision.ts';
import type { QueueItem } from '../queue/queueItem.ts';
import { keyOf } from './calibration.ts';
import { countedDecisions, samplesOfClass, type Evidence } from './countedDecisions.ts';
import { meaningOf } from './meaning.ts';
import type { ClassPrecision, Share } from './measurement.ts';
import { sizeFor } from './needed.ts';

/** The pairs of a source, to tell tools and kinds of error by; `round` is the source's. */
export type SourceItems = { readonly items: ReadonlyMap<string, QueueItem>; readonly round: number | undefined };

export function shareOf(hits: number, n: number): Share {
  return { hits, n, ...wilson(hits, n) };
}

/** What a sample says of its class: how often a person, not knowing the verdict, came to the same one. `width` is the interval that is wished for. */
export function classPrecision(calibration: Calibration, evidence: Evidence, source: SourceItems, width: number): ClassPrecision {
  const { decisions, uncounted } = countedDecisions(calibration, evidence);
  const results = decisions.map(({ decision }) => {
    const { sampleId, labelHash, round } = decision;
    return { item: round === source.round ? source.items.get(keyOf({ sampleId, labelHash })) : undefined, hit: meaningOf(decision) === calibration.verdict };
  });
  const precision = shareOf(results.filter(({ hit }) => hit).length, results.length);
  const { verdict, judge, promptVersion, population, pairs } = calibration;
  const wanted = precision.n > 0 && precision.high - precision.low >= width ? sizeFor(precision.value, width) : undefined;
  return {
    verdict,
    judge,
    promptVersion,
    calibration: calibration.id,
    drawnAt: calibration.at,
    population,
    size: pairs.length,
    precision,
    complete: pairs.length > 0 && results.length === pairs.length,
    current: samplesOfClass(evidence.calibrations.values(), calibration).at(-1)?.id === calibration.id,
    seenBefore: decisions.filter(({ seenBefore }) => seenBefore).length,
    uncounted,
    byTool: split(results, ({ tools }) => tools),
    byKind: split(results, ({ kinds }) => kinds),
    ...(wanted === undefined ? {} : { more: { width, decisions: wanted - precision.n } }),
  };
}

/** A pair with several names counts under each. */
function split(results: readonly { readonly item: QueueItem | undefined; readonly hit: boolean }[], namesOf: (item: QueueItem) => readonly string[]): ClassPrecision['byTool'] {
  const counts = new Map<string, { hits: number; n: number }>();
  for (const { item, hit } of results) {
    for (const name of new Set(item === undefined ? [] : namesOf(item))) {
      const count = counts.get(name) ?? { hits: 0, n: 0 };
      count.n += 1;
      if (hit) count.hits += 1;
      counts.set(name, count);
    }
  }
  return [...counts].map(([name, { hits, n }]) => ({ name, ...shareOf(hits, n) })).sort((a, b) => b.n - a.n || (a.name < b.name ? -1 : 1));
}
