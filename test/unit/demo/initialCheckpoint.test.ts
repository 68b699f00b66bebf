import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answeredRight, longestAnswer, measureAccuracy, promptIds } from '../../../src/demo/accuracy.ts';
import { makeDemoData, smokeDataSettings } from '../../../src/demo/datasets.ts';
import { evaluationSets } from '../../../src/demo/evaluationSets.ts';
import { demoModelConfig, trainDemoTokenizer } from '../../../src/demo/model.ts';
import { batchSequences, initialSettings, learningRateAt, pretrain } from '../../../src/demo/pretrain.ts';
import { jinjaChatTemplate } from '../../../src/embedded/chat/jinjaTemplate.ts';
import { renderAnswer } from '../../../src/embedded/chat/template.ts';
import { loadCheckpoint, type LoadedCheckpoint } from '../../../src/embedded/gguf/checkpoint.ts';
import { Team } from '../../../src/embedded/team.ts';
import { readGgufPrompting } from '../../../src/node/prompting/ggufMetadata.ts';
import { assetsDirectory } from '../embedded/support.ts';

const path = join(import.meta.dirname, '../../../media/sample/initial.gguf');

describe('the initial checkpoint', () => {
  let checkpoint: LoadedCheckpoint;
  let team: Team;
  beforeAll(async () => {
    checkpoint = await loadCheckpoint(path);
    team = await Team.start(checkpoint.config, { assetsDirectory, threads: 2, purpose: 'serve' });
    await team.load(checkpoint.weights);
  });
  afterAll(() => team.close());

  it('is small, and has the shape and the tokeniser that its script makes', () => {
    expect(statSync(path).size).toBeLessThanOrEqual(4e6);
    expect(checkpoint.config).toEqual(demoModelConfig);
    expect(checkpoint.tokenizer.data).toEqual(trainDemoTokenizer().data);
  });

  it('tells servers of the user its chat template', async () => {
    expect(await readGgufPrompting(path)).toEqual({ chatTemplate: jinjaChatTemplate, bosToken: '<|im_end|>', eosToken: '<|im_end|>', addsBos: false });
  });

  it('has tokens for every answer of the data within the longest that is waited for', () => {
    const data = makeDemoData(smokeDataSettings);
    for (const sample of [...data.train, ...data.heldOutValues, ...data.heldOutTemplates]) {
      expect(checkpoint.tokenizer.encode(renderAnswer(sample.truth)).length).toBeLessThan(longestAnswer);
      expect(promptIds(sample, checkpoint.tokenizer).length).toBeLessThan(400);
    }
  });

  it('knows the wordings that it was trained on, hidden tools included, and has much to learn of new ones', async () => {
    const { known, templates } = evaluationSets(240);
    const before = await measureAccuracy(team, checkpoint.tokenizer, known);
    expect(before.right / before.of).toBeGreaterThan(0.85);
    const hidden = before.byKind.hidden;
    expect((hidden?.right ?? 0) / (hidden?.of ?? 1)).toBeGreaterThan(0.6);
    const fresh = await measureAccuracy(team, checkpoint.tokenizer, templates);
    expect(fresh.right / fresh.of).toBeGreaterThan(0.3);
    expect(fresh.right / fresh.of).toBeLessThan(0.55);
    expect(fresh.right).toBe((await answeredRight(team, checkpoint.tokenizer, templates)).filter(Boolean).length);
  });
});

describe('pre-training', () => {
  it('warms up, stays, and comes down to the final share', () => {
    const rate = (step: number): number => learningRateAt(step, initialSettings) / initialSettings.learningRate;
    expect(rate(0)).toBeCloseTo(1 / initialSettings.warmupSteps);
    expect(rate(initialSettings.warmupSteps)).toBe(1);
    expect(rate(initialSettings.steps * 0.69)).toBe(1);
    expect(rate(initialSettings.steps)).toBeCloseTo(initialSettings.finalShare);
  });

  it('weighs an answer by the root of its length, all answers of a step together as one', () => {
    const segments = batchSequences(trainDemoTokenizer(), initialSettings, 7).flatMap((sequence) => sequence.segments);
    const answers = segments.map((segment) => ({ tokens: segment.tokens.length - segment.lossFrom, weight: segment.weight }));
    expect(answers).toHaveLength(initialSettings.groups * initialSettings.groupSize);
    expect(answers.reduce((sum, { tokens, weight }) => sum + tokens * weight, 0)).toBeCloseTo(1);
    const [first] = answers;
    for (const { tokens, weight } of answers) expect(weight * Math.sqrt(tokens)).toBeCloseTo((first?.weight ?? 0) * Math.sqrt(first?.tokens ?? 0));
  });

  it('gives the same weights for the same seed on one thread and on two', async () => {
    const tokenizer = trainDemoTokenizer();
    const config = { ...demoModelConfig, dim: 32, layers: 1, heads: 1, kvHeads: 1, ffn: 64, context: 512 };
    const run = async (threads: number, seed: number): Promise<Float32Array> => {
      const team = await Team.start(config, { assetsDirectory, threads });
      await team.initialise(seed);
      await pretrain(team, tokenizer, { ...initialSettings, seed, steps: 3 }, () => undefined, new AbortController().signal);
      const weights = team.weights.slice();
      await team.close();
      return weights;
    };
    const one = await run(1, 1);
    expect(await run(2, 1)).toEqual(one);
    expect(await run(1, 2)).not.toEqual(one);
  });
});
