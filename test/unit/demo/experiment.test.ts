import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/core/random/rng.ts';
import { projectConfigSchema } from '../../../src/core/config/projectConfig.ts';
import { armConfig, armResultSchema, compareArms, experimentTables, hasRightLabel, type Arm, type ArmResult } from '../../../src/demo/experiment.ts';
import { makeDemoData, smokeDataSettings } from '../../../src/demo/datasets.ts';
import { sampleConfig } from '../../../src/demo/sampleProject.ts';

/** Held-out sets of 400 in which `before` and `after` of the samples are right. */
function result(arm: Arm, seed: number, before: number, after: number): ArmResult {
  const rng = new Rng('result', arm, seed);
  const draw = (share: number): number[] => Array.from({ length: 400 }, () => Number(rng.chance(share)));
  return armResultSchema.parse({
    arm, seed, trainSeconds: 60, sets: [{ rows: 100, right: 86 }, { rows: 100, right: 95 }, { rows: 100, right: 97 }], labels: { replaced: 10, rightly: 9 },
    heldOut: { templates: { before: draw(before), after: draw(after) } },
  });
}

describe('the experiment', () => {
  const results = [1, 2, 3].flatMap((seed) => [result('loop', seed, 0.4, 0.55), result('control', seed, 0.4, 0.5)]);

  it('finds a gain that is there, with an interval that holds it', () => {
    const gain = compareArms(results).find(({ name }) => name === 'loop: after - before');
    expect(gain?.difference.low).toBeGreaterThan(0.05);
    expect(gain?.difference.low).toBeLessThan(0.15);
    expect(gain?.difference.high).toBeGreaterThan(0.15);
    expect(gain?.perSeed).toHaveLength(3);
    expect(gain?.to).toBeCloseTo((gain?.from ?? 0) + (gain?.difference.value ?? 0));
  });

  it('finds none where there is none', () => {
    const same = compareArms([1, 2, 3].map((seed) => result('loop', seed, 0.4, 0.4)))[0];
    expect(same?.difference.low).toBeLessThan(0);
    expect(same?.difference.high).toBeGreaterThan(0);
  });

  it('compares the loop with every other arm on the same seeds only', () => {
    const names = compareArms([...results, result('paper', 9, 0.4, 0.4)]).map(({ name }) => name);
    expect(names).toEqual(['loop: after - before', 'control: after - before', 'paper: after - before', 'loop - control, after']);
  });

  it('refuses measurements of different samples', () => {
    const [first] = results;
    if (!first) throw new Error('no result');
    const broken = { ...first, heldOut: { templates: { before: [1, 0], after: [1] } } };
    expect(() => compareArms([broken])).toThrow(RangeError);
  });

  it('writes one row per comparison and what became of the labels', () => {
    const text = experimentTables(results);
    expect(text).toContain('| templates | loop: after - before |');
    expect(text).toContain('| loop | 86.0 % | 95.0 % | 97.0 % | 27 of 30 |');
  });

  it('has arms whose settings are valid: the control trains as many steps on one set, the paper’s composition has no caps', () => {
    const base = sampleConfig('full', 3);
    const parse = (arm: 'loop' | 'control' | 'paper') => {
      const { config, rounds } = armConfig(arm, base);
      return { config: projectConfigSchema.parse(config), rounds };
    };
    const [loop, control, paper] = [parse('loop'), parse('control'), parse('paper')];
    if (loop.config.trainer.kind !== 'embedded' || control.config.trainer.kind !== 'embedded') throw new Error('not the embedded trainer');
    expect((control.config.trainer.grpo.maxSteps ?? 0) * control.rounds).toBe((loop.config.trainer.grpo.maxSteps ?? 0) * loop.rounds);
    expect(loop.config.compose.caps).toEqual({ errorSeeds: 0.25, expansions: 0.4 });
    expect(paper.config.compose.caps).toEqual({});
    expect(paper.config.compose.byKind).toBe(false);
    expect(paper.config.compose.size).toBe(loop.config.compose.size);
  });

  it('tells right labels from wrong ones by the grammar', () => {
    for (const sample of makeDemoData(smokeDataSettings).train) expect(hasRightLabel(sample)).toBe(sample.planted === undefined);
  });
});
