import { describe, expect, it } from 'vitest';
import { labelChanges, planCorrections } from '../../../src/app/corrections.ts';
import { readDataset } from '../../../src/core/dataset/dataset.ts';
import { writeRow } from '../../../src/core/dataset/registry.ts';
import { applyEdits } from '../../../src/core/dataset/labelEdit.ts';
import { foldDecisions } from '../../../src/core/review/foldDecisions.ts';
import type { Decision } from '../../../src/core/review/decision.ts';
import { cityLabel, weatherSample } from '../../builders/builtProject.ts';

const options = { file: 'rows.jsonl', steps: 'last' } as const;
const [first, second] = [weatherSample(1), weatherSample(2)];
const decision = (overrides: Partial<Decision> = {}): Decision => ({ v: 1, op: 'decide', id: 'd1', at: '', by: 'me', sampleId: first.id, labelHash: first.labelHash, ruling: 'takePrediction', label: cityLabel('Lyon', 1), ...overrides });
const changes = (...decisions: readonly Decision[]) => labelChanges(foldDecisions(decisions));

describe.each(['looptool', 'openai-chat'])('corrections of %s rows', (dialect) => {
  const text = `${writeRow(dialect, first)}\n${writeRow(dialect, second)}\n`;

  it('change nothing but the value that was decided on, in each place where the sample stands', () => {
    const twice = `${text}${writeRow(dialect, first)}\n`;
    const plan = planCorrections(twice, options, changes(decision()));
    expect(plan.corrections.map((c) => c.record)).toEqual([0, 2]);
    const corrected = applyEdits(twice, plan.corrections.flatMap((c) => c.edits));
    expect(corrected).toBe(`${writeRow(dialect, first).replace(/Paris(\\*")/, 'Lyon$1')}\n${writeRow(dialect, second)}\n${writeRow(dialect, first).replace(/Paris(\\*")/, 'Lyon$1')}\n`);
  });

  it('are refused as stale where another label stands than the person saw', () => {
    const plan = planCorrections(text, options, changes(decision({ labelHash: 'lbl_other' })));
    expect(plan.corrections).toEqual([]);
    expect(plan.refused).toMatchObject([{ sampleId: first.id, record: 0, reason: 'stale' }]);
  });

  it('are done with where the label stands already', () => {
    const plan = planCorrections(text, options, changes(decision({ label: cityLabel('Paris', 1), labelHash: 'lbl_old' })));
    expect(plan).toMatchObject({ corrections: [], refused: [], applied: [first.id] });
  });
});

it('rulings that keep the label, and decisions taken back, change nothing', () => {
  const undo = { v: 1, op: 'undo', id: 'u1', at: '', by: 'me', target: 'd2' } as const;
  const decisions = foldDecisions([decision({ ruling: 'keepLabel' }), decision({ id: 'd2', sampleId: second.id }), undo]);
  expect(labelChanges(decisions).size).toBe(0);
});

it('of labels that stand in a companion file without its text are refused, and say where', () => {
  const text = JSON.stringify({ id: 'simple_0', question: [[{ role: 'user', content: 'x' }]], function: [{ name: 'f', description: 'd', parameters: { type: 'dict', properties: {} } }] });
  const companions = { answers: [{ stem: 'q', path: 'possible_answer/q.json', records: [{ id: 'simple_0', ground_truth: [{ f: { a: [1] } }] }] }], tools: [] };
  const sample = readDataset(text, { ...options, companions }).samples[0]?.sample ?? first;
  const plan = planCorrections(text, { ...options, companions }, changes(decision({ sampleId: sample.id, labelHash: sample.labelHash })));
  expect(plan).toMatchObject({ corrections: [], applied: [], refused: [{ sampleId: sample.id, reason: 'unwritable', message: 'The label stands in possible_answer/q.json, record 1. It could not be read there. Correct it there by hand.' }] });
});
