import { Rng } from '../core/random/rng.ts';
import { toolSpecs } from './catalogue/tools.ts';
import { drawKind, drawSample, type DemoSample, type SampleKind } from './world.ts';

/** Shares of the requests that share a tool block with another one. More to ask and to decline than in the data: these are learnt late. */
const groupShares: Readonly<Record<SampleKind, number>> = { single: 0.45, parallel: 0.2, multiTurn: 0, missing: 0.15, offTopic: 0.04, hidden: 0.16 };
const multiTurnGroups = 0.3;
/** Half of the tools go by another verb, so that a name has to be read from the block and one that is not there is noticed. */
const renamed = 0.5;
/** A third of the requests lose some of their words: what is wanted has to be guessed from the rest, as it is with wordings never seen. */
const wordless = { requests: 0.35, words: 0.3 } as const;

/**
 * Requests over one block of tools, in the base wording. All share `tools`, so that a model computes the block once; a request
 * whose tool is hidden stands beside requests whose tools are shown.
 */
export function drawPretrainGroup(size: number, rng: Rng): readonly DemoSample[] {
  const verbs = new Map(toolSpecs.map((tool) => [tool.noun, rng.chance(renamed) ? 1 + rng.int(tool.verbs.length - 1) : 0]));
  const common = { wording: 'base', side: 'varied', verbs } as const;
  const dropout = (): number => (rng.chance(wordless.requests) ? wordless.words : 0);
  const first = drawSample({ ...common, kind: rng.chance(multiTurnGroups) ? 'multiTurn' : 'single', dropout: dropout() }, rng);
  const shown = first.tools.map((tool) => tool.name.slice(tool.name.indexOf('_') + 1));
  const hidden = toolSpecs.map((tool) => tool.noun).filter((noun) => !shown.includes(noun));
  const samples = [first];
  while (samples.length < size) {
    const kind = drawKind(groupShares, rng);
    const subject = kind === 'hidden' ? [rng.pick(hidden)] : kind === 'parallel' ? [rng.pick(shown), rng.pick(shown)] : [rng.pick(shown)];
    samples.push(drawSample({ ...common, kind, subject, shown, dropout: dropout() }, rng));
  }
  return samples;
}

/** The groups of one step of pre-training; a step's batch depends on the seed and its number alone. */
export function drawPretrainBatch(seed: number, step: number, groups: number, groupSize: number): readonly (readonly DemoSample[])[] {
  const rng = new Rng('pretrain', seed, step);
  return Array.from({ length: groups }, () => drawPretrainGroup(groupSize, rng));
}
