import { describe, expect, it } from 'vitest';
import { verifySettingsSchema } from '../../../src/core/config/projectConfig.ts';
import type { Calibration, Decision } from '../../../src/core/review/decision.ts';
import { gateState, heldBack, roundGate } from '../../../src/core/review/measure/gate.ts';
import { calibrationOf, decidedAll, evidenceOf } from './measureBuilders.ts';

const settings = verifySettingsSchema.parse({});
const judge = { judge: 'j', promptVersion: 'p1', simulated: false };
const at = '2026-01-02T00:00:00Z';
const gate = (calibrations: readonly Calibration[], standing: readonly Decision[], more: Partial<typeof judge> = {}) => gateState(settings, { ...judge, ...more }, evidenceOf(calibrations, standing));
const hundred = calibrationOf(100);

describe('the gate', () => {
  it('is what a project has that says nothing, with its threshold and its least sample', () => {
    expect(settings).toMatchObject({ relabel: 'gate', gate: { threshold: 0.9, least: 100 } });
  });

  it.each([
    // Lower ends of Wilson's interval: 0.9155, 0.9016, 0.8883, 0.8501.
    [97, 'passed', 'gate open: 97 of 100 LABEL_WRONG verdicts were right, 97 % with a 95 % interval from 91.5 %, which reaches 90 %'],
    [96, 'passed', 'gate open: 96 of 100 LABEL_WRONG verdicts were right, 96 % with a 95 % interval from 90.2 %, which reaches 90 %'],
    [95, 'below', 'gate closed: 95 of 100 LABEL_WRONG verdicts were right, 95 % with a 95 % interval from 88.8 %, which is below 90 %'],
    [92, 'below', 'gate closed: 92 of 100 LABEL_WRONG verdicts were right, 92 % with a 95 % interval from 85 %, which is below 90 %'],
  ])('with %i of 100 right has %s', (hits, cause, reason) => {
    expect(gate([hundred], decidedAll(hundred, hits))).toMatchObject({ cause, reason, open: cause === 'passed' });
  });

  it.each<[string, readonly Calibration[], readonly Decision[], string, object]>([
    ['nothing was drawn', [], [], 'unmeasured', {}],
    ['another prompt was measured', [hundred], decidedAll(hundred, 100), 'unmeasured', { promptVersion: 'p2' }],
    ['another judge was measured', [hundred], decidedAll(hundred, 100), 'unmeasured', { judge: 'k' }],
    ['another verdict was measured', [calibrationOf(100, { verdict: 'PRED_WRONG' })], [], 'unmeasured', {}],
    ['the sample is too small', [calibrationOf(99)], decidedAll(calibrationOf(99), 99), 'small', {}],
    ['one drawn pair is not decided', [hundred], decidedAll(hundred, 100).slice(1), 'undecided', {}],
    ['one drawn pair was cherry-picked', [hundred], decidedAll(hundred, 100).map((d, i) => (i === 3 ? { ...d, way: 'cherryPick' as const } : d)), 'undecided', {}],
    ['one drawn pair was not decided blind', [hundred], decidedAll(hundred, 100).map((d, i) => (i === 3 ? { ...d, blind: false } : d)), 'undecided', {}],
  ])('is closed where %s', (_what, calibrations, standing, cause, more) => {
    expect(gate(calibrations, standing, more)).toMatchObject({ open: false, cause });
  });

  it('goes by the last sample from the moment it is drawn: neither is a lucky one kept, nor a bad one left behind unseen', () => {
    const again = calibrationOf(100, { id: 'c2' });
    const first = decidedAll(hundred, 100);
    expect(gate([hundred, again], first)).toMatchObject({ open: false, cause: 'undecided' });
    expect(gate([hundred, again], [...first, ...decidedAll(again, 90)])).toMatchObject({ open: false, cause: 'below' });
    expect(gate([hundred, again], [...decidedAll(hundred, 80), ...decidedAll(again, 98)]).reason).toContain('; earlier samples: 1');
  });

  it('says so where it is not asked', () => {
    const all = (relabel: 'always' | 'off', simulated: boolean) => gateState({ ...settings, relabel }, { ...judge, simulated }, evidenceOf([], []));
    expect(all('always', true)).toMatchObject({ open: true, cause: 'always', reason: expect.stringContaining('the judge is simulated') as string });
    expect(all('always', false).reason).not.toContain('simulated');
    expect(all('off', false)).toMatchObject({ open: false, cause: 'off' });
  });
});

describe('what a round goes by', () => {
  const open = roundGate(settings, { ...judge, judge: 'new' }, evidenceOf([hundred], decidedAll(hundred, 100)), at);
  const vote = (model = 'j', promptVersion = 'p1') => ({ judge: model, promptVersion });

  it('holds every judge that had passed, and of the one that it begins with why it had not', () => {
    expect(open).toMatchObject({ at, judge: 'new', open: false, cause: 'unmeasured', passed: [vote()] });
    expect(heldBack(open, [vote(), vote()])).toBeUndefined();
    expect(heldBack(open, [vote('new'), vote('new')])).toBe(open.reason);
    expect(heldBack(open, [vote(), vote('new')])).toBe(open.reason);
    expect(heldBack(open, [vote('third'), vote('third')])).toContain('third (prompt p1) had not passed');
    const both = { ...open, passed: [vote(), vote('j', 'p2')] };
    expect(heldBack(both, [vote(), vote('j', 'p2')])).toContain('different judges or prompts');
  });

  it('is the setting alone where that is always or off, and closed before it was looked at', () => {
    const evidence = evidenceOf([hundred], decidedAll(hundred, 100));
    expect(heldBack(roundGate({ ...settings, relabel: 'off' }, judge, evidence, at), [vote(), vote()])).toContain('switched off');
    expect(heldBack(roundGate({ ...settings, relabel: 'always' }, judge, evidenceOf([], []), at), [vote(), vote()])).toBeUndefined();
    expect(heldBack('gate', [vote(), vote()])).toContain('has not begun');
    expect([heldBack('always', []), heldBack('off', [])]).toEqual([undefined, 'replacing labels is switched off (verify.relabel)']);
  });
});
