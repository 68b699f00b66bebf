import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noCompanions } from '../../../src/core/dataset/companions.ts';
import { readDataset } from '../../../src/core/dataset/dataset.ts';
import { labelHash } from '../../../src/core/dataset/identity.ts';
import { dialectById } from '../../../src/core/dataset/registry.ts';
import type { Label } from '../../../src/core/dataset/sample.ts';
import type { DecisionOperation } from '../../../src/core/review/decision.ts';
import { foldDecisions } from '../../../src/core/review/foldDecisions.ts';
import { operationsOnSave } from '../../../src/core/review/savedLabels.ts';
import { SavedText, type LabelChange } from '../../../src/core/review/savedText.ts';
import { withAlternatives } from '../../../src/core/review/withAlternative.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../../builders/datasetText.ts';

const cities = ['Oslo', 'Rome', 'Paris'];
type Form = { readonly dialect: string; readonly text: (labels: readonly number[]) => string };
const looptool = (sample: number, city: number): string => looptoolRow([weatherTool], callBlock('get_weather', { city: cities[city] }), `Weather ${sample}?`);
const openai = (sample: number, city: number): string => openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: cities[city] } }], `Weather ${sample}?`);
const forms: readonly Form[] = [
  { dialect: 'looptool', text: (labels) => labels.map((city, sample) => `${looptool(sample, city)}\n`).join('') },
  { dialect: 'openai-chat', text: (labels) => `[\n${labels.map((city, sample) => openai(sample, city)).join(',\n')}\n]` },
  { dialect: 'openai-chat', text: (labels) => labels.map((city, sample) => `${JSON.stringify(JSON.parse(openai(sample, city)), undefined, 2)}\r\n`).join('') },
];

/** A file with its decisions, saved again and again. */
class Saved {
  operations: DecisionOperation[] = [];
  private count = 0;
  private readonly text: SavedText;

  constructor(
    text: string,
    private readonly dialect: string,
  ) {
    this.text = new SavedText(() => text);
  }

  save(text: string, source = 'edit'): readonly LabelChange[] {
    const dialect = dialectById(this.dialect);
    if (dialect === undefined) throw new Error('no dialect');
    const run = this.text.save(() => text, dialect, noCompanions);
    let step = run.next();
    while (step.done !== true) step = run.next();
    const changes = step.value;
    this.operations.push(...operationsOnSave(changes.map((change) => ({ ...change, source })), foldDecisions(this.operations), { by: 'ann', at: () => '2026-01-01T00:00:00.000Z', newId: () => `d${(this.count += 1)}` }));
    return changes;
  }

  inForce(): Record<string, readonly [string, string]> {
    return Object.fromEntries([...foldDecisions(this.operations).inForce.values()].map((one) => [one.sampleId, [JSON.stringify(one.replaced), JSON.stringify(one.label)] as const]));
  }
}

/** Samples whose label differs between two texts, with both labels. */
function differences(before: string, after: string, dialect: string): Record<string, readonly [string, string]> {
  const labels = (text: string) => readDataset(text, { file: '', dialect, steps: 'all' }).samples.map(({ sample }) => sample);
  const old = new Map(labels(before).map((sample) => [sample.id, sample]));
  return Object.fromEntries(labels(after).flatMap((sample) => (old.get(sample.id)?.labelHash === sample.labelHash ? [] : [[sample.id, [JSON.stringify(old.get(sample.id)?.label), JSON.stringify(sample.label)] as const]])));
}

describe('decisions made by saving', () => {
  test('after any edits, undos and saves they are the difference between the file at first and at last', () => {
    const labels = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 6 });
    const steps = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 2 }), fc.constantFrom('edit', 'undo', 'save', 'save')), { maxLength: 30 });
    fc.assert(
      fc.property(fc.constantFrom(...forms), labels, steps, ({ dialect, text }, first, actions) => {
        const file = new Saved(text(first), dialect);
        const history = [first];
        let last = first;
        for (const [sample, city, action] of actions) {
          const now = history.at(-1) ?? first;
          if (action === 'edit') history.push(now.map((one, index) => (index === sample % now.length ? city : one)));
          else if (action === 'undo' && history.length > 1) history.pop();
          else if (action === 'save') file.save(text((last = now)));
        }
        expect(file.inForce()).toEqual(differences(text(first), text(last), dialect));
      }),
      { numRuns: 150 },
    );
  });

  test('of three saves in a row one decision is in force, and the old label again takes it back', () => {
    const row = (city: number): string => `${looptool(0, city)}\n`;
    const file = new Saved(row(0), 'looptool');
    file.save(row(1), 'rule:ungrounded-text');
    file.save(row(2));
    expect([...foldDecisions(file.operations).inForce.values()]).toMatchObject([{ ruling: 'edit', source: 'edit', replaced: { kind: 'calls', calls: [{ arguments: { city: 'Oslo' } }] }, label: { kind: 'calls', calls: [{ arguments: { city: 'Paris' } }] } }]);
    file.save(row(0));
    expect(foldDecisions(file.operations).standing).toEqual([]);
  });

  test('a second window that saves the same label says nothing new', () => {
    const row = (city: number): string => `${looptool(0, city)}\n`;
    const one = new Saved(row(0), 'looptool');
    const other = new Saved(row(0), 'looptool');
    one.save(row(1));
    other.operations = one.operations;
    other.save(row(1));
    expect(one.operations).toHaveLength(1);
  });

  test('an accepted answer that the review put beside its label is said already; with another change it is an edit', () => {
    const at = (city: string): LabelChange['before'] => {
      const label = { kind: 'calls' as const, calls: [{ name: 'get_weather', arguments: { city } }] };
      return { label, labelHash: labelHash(label) };
    };
    const [oslo, rome] = [at('Oslo'), at('Rome')];
    const accepted: DecisionOperation = { v: 1, op: 'decide', id: 'b', at: '2026-01-01T00:00:00.000Z', by: 'ann', sampleId: 's', labelHash: oslo.labelHash, ruling: 'bothCorrect', label: rome.label };
    const stamp = { by: 'ann', at: () => '2026-01-02T00:00:00.000Z', newId: () => 'e' };
    const saved = (label: Label): readonly DecisionOperation[] => operationsOnSave([{ sampleId: 's', before: oslo, after: { label, labelHash: labelHash(label) }, source: 'edit' }], foldDecisions([accepted]), stamp);
    const both = withAlternatives(oslo.label, [rome.label]);
    if (both === undefined) throw new Error('no alternative');
    expect(saved(both)).toEqual([]);
    const more = withAlternatives(both, [at('Paris').label]);
    expect(more && saved(more)).toMatchObject([{ ruling: 'edit', labelHash: oslo.labelHash }]);
    expect(saved(rome.label)).toMatchObject([{ ruling: 'edit' }]);
  });

  test('a decision of a review is not taken back, and a broken label is none', () => {
    const row = (city: number): string => `${looptool(0, city)}\n`;
    const broken = `${looptoolRow([weatherTool], '<tool_call>\n{"name"\n</tool_call>', 'Weather 0?')}\n`;
    const file = new Saved(row(0), 'looptool');
    file.save(broken);
    expect(file.operations).toEqual([]);
    file.save(row(1));
    const [decision] = file.operations;
    expect(decision).toMatchObject({ op: 'decide', replaced: { calls: [{ arguments: { city: 'Oslo' } }] } });
    if (decision?.op !== 'decide') throw new Error('no decision');
    const { replaced: _, source: __, ...review } = decision;
    file.operations = [{ ...review, ruling: 'takePrediction' }];
    file.save(row(0));
    expect(file.operations).toMatchObject([{ ruling: 'takePrediction' }, { ruling: 'edit', label: { calls: [{ arguments: { city: 'Oslo' } }] } }]);
  });

  test('new, removed and moved records are no changes of labels', () => {
    const rows = [looptool(0, 0), looptool(1, 1), looptool(2, 2)];
    const file = new Saved(rows.join('\n'), 'looptool');
    expect(file.save([rows[2], looptool(3, 0), rows[0]].join('\n'))).toEqual([]);
    expect(file.save([rows[2], looptool(1, 0), rows[0]].join('\n'))).toMatchObject([{ before: { label: { calls: [{ arguments: { city: 'Rome' } }] } } }]);
  });
});
