import { wilson, type Interval } from '../core/evaluation/wilson.ts';
import type { RoundManifest, StageName } from '../core/rounds/manifest.ts';

/** What a stage found beside its buckets, from the manifest alone; words are the host's. */
export type StageFigure =
  /** Samples of which a perplexity is known, over which tokens; without any, what ranks instead. */
  | { readonly kind: 'perplexity'; readonly known: number; readonly samples: number; readonly over: 'all' | 'answer' | 'call'; readonly instead: 'passRate' | 'seed' | undefined }
  /** Replies of which a server that took them apart gives log-probabilities of a part alone. */
  | { readonly kind: 'covers'; readonly part: string; readonly samples: number }
  | { readonly kind: 'again'; readonly samples: number; readonly flips: number; readonly changed: number; readonly share: Interval }
  | { readonly kind: 'repeats'; readonly samples: number; readonly answers: number; readonly right: number; readonly flaky: number }
  | { readonly kind: 'deadGroups'; readonly value: number; readonly low?: number | undefined; readonly high?: number | undefined; readonly group?: number | undefined }
  | { readonly kind: 'gate'; readonly open: boolean; readonly cause: string; readonly reason: string }
  | { readonly kind: 'decidedBy'; readonly judge: number; readonly rule: number; readonly person: number }
  | { readonly kind: 'thirdVotes'; readonly samples: number; readonly standing: number }
  /** What the matched samples of the next set were ranked by. */
  | { readonly kind: 'ranked'; readonly ppl: number; readonly passRate: number; readonly seed: number; readonly threshold: number | undefined }
  /** Samples that are in no next set, by where they came from and why. */
  | { readonly kind: 'left'; readonly from: string; readonly to: string; readonly samples: number };

type Counts = Readonly<Record<string, number>>;

/** Flows that end outside of the next set and are worth a line: samples that had a claim to a place. */
const ends: ReadonlySet<string> = new Set(['cut', 'trained before', 'dropped by people', 'left out']);

export function stageFigures(manifest: RoundManifest, stage: StageName): readonly StageFigure[] {
  const { counts } = manifest.stages[stage];
  switch (stage) {
    case 'probe':
      return probeFigures(counts, manifest);
    case 'verify':
      return verifyFigures(counts, manifest);
    case 'compose':
      return composeFigures(counts, manifest);
    case 'train':
    case 'expand':
    case 'evaluate':
      return [];
  }
}

function probeFigures(counts: Counts, { config }: RoundManifest): readonly StageFigure[] {
  const { samples, pplMissing, ERROR: errors = 0 } = counts;
  if (samples === undefined) return [];
  const figures: StageFigure[] = [];
  const repeats = counts['repeats.samples'];
  if (pplMissing !== undefined) {
    const answered = samples - errors;
    const instead = answered > 0 && pplMissing >= answered ? (repeats === undefined ? 'seed' : 'passRate') : undefined;
    figures.push({ kind: 'perplexity', known: answered - pplMissing, samples: answered, over: config.compose.highPpl.over, instead });
  }
  for (const [name, count] of Object.entries(counts)) if (name.startsWith('covers.')) figures.push({ kind: 'covers', part: name.slice('covers.'.length), samples: count });
  const again = counts['again.samples'];
  const flips = counts['again.flips'] ?? 0;
  if (again !== undefined) figures.push({ kind: 'again', samples: again, flips, changed: counts['again.changed'] ?? 0, share: wilson(flips, again) });
  if (repeats !== undefined) figures.push({ kind: 'repeats', samples: repeats, answers: counts['repeats.answers'] ?? 0, right: counts['repeats.right'] ?? 0, flaky: counts['repeats.flaky'] ?? 0 });
  const dead = counts['repeats.deadGroups'];
  if (dead !== undefined) figures.push({ kind: 'deadGroups', value: dead, low: counts['repeats.deadGroups.low'], high: counts['repeats.deadGroups.high'], group: counts['repeats.group'] });
  return figures;
}

/** The gate stands in the manifest as soon as verification begins. */
function verifyFigures(counts: Counts, { gate }: RoundManifest): readonly StageFigure[] {
  const figures: StageFigure[] = gate === undefined ? [] : [{ kind: 'gate', open: gate.open, cause: gate.cause, reason: gate.reason }];
  const [judge, rule, person] = [counts['by.judge'] ?? 0, counts['by.preCheck'] ?? 0, counts['by.person'] ?? 0];
  if (rule + person > 0) figures.push({ kind: 'decidedBy', judge, rule, person });
  const { thirdVotes = 0, standing = 0 } = counts;
  if (thirdVotes + standing > 0) figures.push({ kind: 'thirdVotes', samples: thirdVotes, standing });
  return figures;
}

function composeFigures(counts: Counts, { flows = [] }: RoundManifest): readonly StageFigure[] {
  const { 'ranked.ppl': ppl = 0, 'ranked.passRate': passRate = 0, 'ranked.seed': seed = 0, pplThreshold } = counts;
  const ranked: readonly StageFigure[] = ppl + passRate + seed === 0 ? [] : [{ kind: 'ranked', ppl, passRate, seed, threshold: pplThreshold }];
  return [...ranked, ...flows.filter(({ to }) => ends.has(to)).map(({ from, to, count }): StageFigure => ({ kind: 'left', from, to, samples: count }))];
}
