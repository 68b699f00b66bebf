import { describe, expect, it } from 'vitest';
import { buildJudgeRequest, promptVersion } from '../../../src/core/llm/prompts/judge.ts';
import { promptDefinitions } from '../../../src/core/llm/prompts/promptSet.ts';
import { readSections } from '../../../src/core/llm/prompts/sections.ts';
import { exampleCandidates } from '../../../src/core/loop/fewShot.ts';
import { planVotes, type FamilyExample, type VerifyCase } from '../../../src/core/loop/jglv.ts';
import type { Calibration, Decision } from '../../../src/core/review/decision.ts';
import { at, forecast, model, probeOf, sampleOf, tools, user } from '../loop/builders.ts';

const { version } = promptDefinitions['judge.calls'];

function decision(n: number, more: Partial<Decision> = {}): Decision {
  return { v: 1, op: 'decide', id: `d${n}`, at: `2026-01-0${n}T00:00:00Z`, by: 'ann', sampleId: `smp_${n}`, labelHash: `lbl_${n}`, round: 1, ruling: 'keepLabel', way: 'single', ...more };
}

function chosen(decisions: readonly Decision[], calibrations: readonly Calibration[] = []): readonly string[] {
  return exampleCandidates({ inForce: new Map(decisions.map((one) => [one.sampleId, one])), calibrations: new Map(calibrations.map((one) => [one.id, one])) }).map(({ decision: id }) => id);
}

describe('examples from decisions', () => {
  it('come in turns over the verdicts, oldest first, whatever order they are found in', () => {
    const all = [decision(5, { ruling: 'takePrediction' }), decision(1), decision(3), decision(2, { ruling: 'bothWrong' }), decision(4, { ruling: 'takePrediction' })];
    expect(chosen(all)).toEqual(['d1', 'd4', 'd2', 'd3', 'd5']);
    expect(chosen([...all].reverse())).toEqual(chosen(all));
  });

  it.each<[string, Partial<Decision>]>([
    ['many pairs at once', { way: 'bulk' }],
    ['the like of another pair', { way: 'similar' }],
    ['picked arguments', { way: 'cherryPick' }],
    ['the command line', { way: 'command' }],
    ['a saved file', { way: 'file', source: 'edit' }],
    ['an old line of a saved file', { way: undefined, source: 'edit' }],
    ['no word on either side', { ruling: 'unsure' }],
    ['a file of predictions', { predictions: 'p.jsonl' }],
    ['no round', { round: undefined }],
    ['a calibration queue', { calibration: 'c1' }],
  ])('are never %s', (_what, more) => {
    expect(chosen([decision(1, more)])).toEqual([]);
    expect(chosen([decision(1, { way: undefined })])).toEqual(['d1']);
  });

  it('are never of a sample that the judge is measured with, whoever decided it elsewhere', () => {
    const calibration: Calibration = { v: 1, op: 'calibrate', id: 'c1', at, by: 'ann', verdict: 'LABEL_WRONG', judge: 'j', promptVersion: version, population: 9, seed: 1, pairs: [{ sampleId: 'smp_1', labelHash: 'lbl_other', round: 2 }] };
    expect(chosen([decision(1), decision(2)], [calibration])).toEqual(['d2']);
  });
});

describe('the prompt with examples', () => {
  const sample = sampleOf('Weather in Rome?', forecast('Oslo'));
  const verifyCase: VerifyCase = { sample, probe: probeOf(sample, 'MISMATCH') };
  const example = (family: string, city: string): FamilyExample => ({ family, tools, messages: user(`Weather in ${city}?`), first: { calls: forecast(city).calls }, second: { text: 'no' }, word: 'ANSWER_2_WRONG' });
  const pool = [example('fam_a', 'Bern'), example(sample.family, 'Rome')];
  const context = { judge: model, sampling: {} };

  it('is a version of its own for every choice, and shows them with their verdicts', () => {
    expect(promptVersion([])).toBe(version);
    const versions = [[], pool, pool.slice(1), [...pool].reverse()].map((examples) => promptVersion(examples));
    expect(new Set(versions).size).toBe(4);
    expect(versions[1]).toMatch(/^judge-\d+\+2\.[0-9a-f]{8}$/u);
    const shown = readSections(buildJudgeRequest({ tools, messages: user('x'), first: { text: 'a' }, second: { text: 'b' }, examples: pool }).messages[1]?.content ?? '').get('Examples');
    expect(shown).toMatchObject([{ verdict: 'ANSWER_2_WRONG', answer_2: { text: 'no' } }, { conversation: user('Weather in Rome?') }]);
  });

  it('never shows a pair what was decided in its own family, and says so by its version', () => {
    const [vote] = planVotes(verifyCase, { ...context, examples: pool });
    expect(vote?.promptVersion).toBe(promptVersion(pool.slice(0, 1)));
    expect(vote?.request.messages[1]?.content).toContain('Bern');
    expect(readSections(vote?.request.messages[1]?.content ?? '').get('Examples')).toHaveLength(1);
    expect(planVotes(verifyCase, { ...context, examples: pool.slice(0, 1) })[0]?.promptVersion).toBe(vote?.promptVersion);
    expect(planVotes(verifyCase, context)[0]?.request.messages[0]?.content).not.toContain('Examples');
  });
});
