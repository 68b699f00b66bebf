import { Rng } from '../core/random/rng.ts';
import { toolByNoun, toolSpecs } from './catalogue/tools.ts';
import { drawKind, drawSample, type DemoSample, type SampleKind } from './world.ts';

/** Shares of the requests that share a tool block with another one. More to ask and to decline than in the data: these are learnt late. */
const groupShares: Readonly<Record<SampleKind, number>> = { single: 0.42, parallel: 0.18, multiTurn: 0, missing: 0.15, offTopic: 0.04, hidden: 0.21 };
const multiTurnGroups = 0.3;
/** Half of the tools go by another verb, so that a name has to be read from the block and one that is not there is noticed. */
const renamed = 0.5;

/**
 * Requests over one block of tools, in the base wording. All share `tools`, so that a model computes the block once; a request
 * whose tool is hidden stands beside requests whose tools are shown.
 */
export function drawPretrainGroup(size: number, rng: Rng): readonly DemoSample[] {
  const verbs = new Map(toolSpecs.map((tool) => [tool.noun, rng.chance(renamed) ? 1 + rng.int(tool.verbs.length - 1) : 0]));
  const common = { wording: 'base', side: 'varied', verbs } as const;
  const first = drawSample({ ...common, kind: rng.chance(multiTurnGroups) ? 'multiTurn' : 'single' }, rng);
  const shown = first.tools.map((tool) => tool.name.slice(tool.name.indexOf('_') + 1));
  const hidden = toolSpecs.map((tool) => tool.noun).filter((noun) => !shown.includes(noun));
  const samples = [first];
  while (samples.length < size) {
    const kind = drawKind(groupShares, rng);
    const subject = kind === 'hidden' ? [rng.pick(hidden)] : kind === 'parallel' ? [rng.pick(shown), rng.pick(shown)] : [rng.pick(shown)];
    subject.forEach(toolByNoun);
    samples.push(drawSample({ ...common, kind, subject, shown }, rng));
  }
  return samples;
}

/** The groups of one step of pre-training; a step's batch depends on the seed and its number alone. */
export function drawPretrainBatch(seed: number, step: number, groups: number, groupSize: number): readonly (readonly DemoSample[])[] {
  const rng = new Rng('pretrain', seed, step);
  return Array.from({ length: groups }, () => drawPretrainGroup(groupSize, rng));
}
