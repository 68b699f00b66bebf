import { describe, expect, it } from 'vitest';
import { labelHash } from '../../../src/core/dataset/identity.ts';
import { Rng } from '../../../src/core/random/rng.ts';
import { sameAnswer } from '../../../src/demo/answer.ts';
import { toolSpecs } from '../../../src/demo/catalogue/tools.ts';
import { makeDemoData, sampleDataSettings, toSample, truthRow } from '../../../src/demo/datasets.ts';
import { drawSamples } from '../../../src/demo/evaluationSets.ts';
import { applies, corrupt, plantErrors, randomErrors, systematicErrors } from '../../../src/demo/plantErrors.ts';
import { drawPretrainGroup } from '../../../src/demo/pretrainData.ts';
import { toolDefinition } from '../../../src/demo/toolDefinition.ts';
import { kindShares, sampleKinds } from '../../../src/demo/world.ts';

const data = makeDemoData(sampleDataSettings);
const all = [...data.train, ...data.heldOutValues, ...data.heldOutTemplates];
const userText = (messages: readonly { readonly content: string }[]): string => messages.map((message) => message.content).join('\n');

describe('the demo data', () => {
  it('is the same under the same seed and another under another', () => {
    expect(makeDemoData(sampleDataSettings)).toEqual(data);
    expect(makeDemoData({ ...sampleDataSettings, seed: 2 }).train).not.toEqual(data.train);
  });

  it('has no sample twice, in one split or in two', () => {
    const ids = all.map((sample) => toSample(sample, sample.truth).id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps the wordings of training and held-out templates apart', () => {
    expect(new Set(data.train.map((sample) => sample.wording))).toEqual(new Set(['base', 'loop']));
    expect(new Set(data.heldOutTemplates.map((sample) => sample.wording))).toEqual(new Set(['held']));
  });

  it('has values in the held-out values that no training sample has', () => {
    const text = data.train.map((sample) => userText(sample.messages)).join('\n');
    for (const word of ['lisbon', 'wanda', 'scarves', 'balcony', 'goulash', 'crimson']) expect(text).not.toContain(word);
    const heldOut = data.heldOutValues.map((sample) => userText(sample.messages)).join('\n');
    for (const word of ['lisbon', 'wanda', 'scarves', 'balcony', 'goulash', 'crimson']) expect(heldOut).toContain(word);
  });

  it('has at least 500 samples in each held-out set, and every kind in about its share', () => {
    expect(data.heldOutValues.length).toBeGreaterThanOrEqual(500);
    expect(data.heldOutTemplates.length).toBeGreaterThanOrEqual(500);
    for (const split of [data.train, data.heldOutValues, data.heldOutTemplates]) {
      for (const kind of sampleKinds) {
        const share = split.filter((sample) => sample.kind === kind).length / split.length;
        expect(Math.abs(share - kindShares[kind]), `${kind} ${share}`).toBeLessThan(0.05);
      }
    }
  });

  it('has about the set share of wrong labels, all kinds of errors among them, and the truth beside each', () => {
    const share = (errors: readonly string[]): number => data.train.filter((sample) => sample.planted && errors.includes(sample.planted)).length / data.train.length;
    expect(share(randomErrors)).toBeGreaterThan(0.08);
    expect(share(randomErrors)).toBeLessThan(0.12);
    expect(share(systematicErrors)).toBeGreaterThan(0.025);
    expect(share(systematicErrors)).toBeLessThan(0.06);
    for (const error of [...randomErrors, ...systematicErrors]) expect(data.train.some((sample) => sample.planted === error), error).toBe(true);
    for (const sample of data.train) expect(sameAnswer(sample.label, sample.truth)).toBe(sample.planted === undefined);
  });

  it('names in the truth file the sample that its label is for', () => {
    const wrong = data.train.find((sample) => sample.planted);
    if (!wrong) throw new Error('no error was planted');
    const row = truthRow(wrong);
    expect(row.id).toBe(toSample(wrong, wrong.label).id);
    expect(labelHash(row.label)).not.toBe(toSample(wrong, wrong.label).labelHash);
    expect(labelHash(row.label)).toBe(toSample(wrong, wrong.truth).labelHash);
    expect(row.planted).toBe(wrong.planted);
  });
});

describe('planted errors', () => {
  const samples = drawSamples(400, ['loop', 'base'], 'known', new Rng('errors'));

  it('are errors, of every kind that applies', () => {
    const rng = new Rng('corrupt');
    for (const sample of samples) {
      for (const error of randomErrors.filter((e) => applies(e, sample))) expect(sameAnswer(corrupt(sample, error, rng), sample.truth), error).toBe(false);
    }
  });

  it('by a rule are always the same wrong way', () => {
    for (const sample of plantErrors(samples, { random: 0, systematic: 1 }, new Rng('rule'))) {
      if (sample.planted === 'secondCallDropped') expect(sample.label).toEqual({ kind: 'calls', calls: sample.truth.kind === 'calls' ? sample.truth.calls.slice(0, 1) : [] });
      const light = sample.kind === 'single' && (sample.subject[0] === 'light' || sample.subject[0] === 'door');
      if (light) expect(sample.planted).toBe('turnedBoolean');
    }
  });
});

describe('the catalogue', () => {
  it('has about twenty tools in several domains, no two with one name or noun', () => {
    expect(toolSpecs.length).toBeGreaterThanOrEqual(20);
    expect(new Set(toolSpecs.map((tool) => tool.domain)).size).toBeGreaterThanOrEqual(5);
    expect(new Set(toolSpecs.map((tool) => tool.noun)).size).toBe(toolSpecs.length);
    const names = toolSpecs.flatMap((tool) => tool.verbs.map((_, verb) => toolDefinition(tool, verb).name));
    expect(new Set(names).size).toBe(names.length);
  });

  it('has parameters of every JSON type', () => {
    const text = JSON.stringify(toolSpecs.map((tool) => toolDefinition(tool).parameters?.properties));
    for (const type of ['string', 'integer', 'number', 'boolean', 'array', 'object']) expect(text.split(`"type":"${type}"`).length, type).toBeGreaterThan(2);
    expect(text).toContain('"enum":');
  });
});

describe('a group of pre-training', () => {
  it('asks several things of one block of tools, some of them by other names than in the data', () => {
    const rng = new Rng('groups');
    let renamed = 0;
    for (let i = 0; i < 50; i++) {
      const group = drawPretrainGroup(4, rng);
      expect(group).toHaveLength(4);
      const [first] = group;
      for (const sample of group) {
        expect(sample.tools).toEqual(first?.tools);
        expect(sample.wording).toBe('base');
        const shown = new Set(sample.tools.map((tool) => tool.name));
        if (sample.truth.kind === 'calls') for (const call of sample.truth.calls) expect(shown.has(call.name)).toBe(true);
      }
      const usual = new Set(toolSpecs.map((tool) => toolDefinition(tool).name));
      renamed += first?.tools.filter((tool) => !usual.has(tool.name)).length ?? 0;
    }
    expect(renamed).toBeGreaterThan(30);
  });
});
