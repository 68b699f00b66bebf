import { describe, expect, test } from 'vitest';
import type { SampleResult, SampleResults } from '../../../src/server/sampleResults.ts';
import { LiveDataset } from '../../../src/server/dataset/liveDataset.ts';
import { ResultDiagnostics } from '../../../src/server/resultDiagnostics.ts';
import { LiveText } from '../../../src/server/text/liveText.ts';
import { callBlock, looptoolRow, weatherTool } from '../../builders/datasetText.ts';

const patient = { isStale: () => false, pause: () => Promise.resolve() };
const entry = { v: 1 as const, requestKey: 'k', attempt: 1, startedAt: '', elapsedMs: 1, ppl: null };

class FakeResults implements SampleResults {
  readonly results = new Map<string, SampleResult>();
  private listener: () => void = () => undefined;

  of(_uri: string, sampleId: string): SampleResult | undefined {
    return this.results.get(sampleId);
  }

  inProject(): boolean {
    return true;
  }

  refresh(): Promise<void> {
    this.listener();
    return Promise.resolve();
  }

  readonly onDidChange = (listener: () => void): (() => void) => {
    this.listener = listener;
    return () => undefined;
  };
}

async function opened() {
  const row = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }));
  const dataset = new LiveDataset(new LiveText('file:///a.jsonl', 'jsonl', 1, `${row}\n${looptoolRow([weatherTool], callBlock('get_weather', { city: 'Rome' }), 'Rome?')}\n`));
  await dataset.check(patient);
  const results = new FakeResults();
  const diagnostics = new ResultDiagnostics(results);
  const sample = dataset.record(1)?.samples[0]?.sample;
  if (sample === undefined) throw new Error('no sample');
  const { id, labelHash } = sample;
  results.results.set(id, {
    sampleId: id,
    probe: { ...entry, type: 'probe', sampleId: id, labelHash, outcome: 'MISMATCH', comparison: { equal: false, pairs: [0], differences: [{ kind: 'value', path: [0, 'city'], severity: 'error', message: 'city is "Oslo", expected "Rome"' }] } },
    judgement: { sampleId: id, labelHash, verdict: 'LABEL_WRONG', analysis: '', approach: '', votes: 2, agreeing: 2, simulated: false, by: 'judge', source: 'j' },
    round: 1,
    rounds: [1], reviewRound: undefined,
  });
  const shown = async (): Promise<string[]> => {
    await dataset.check(patient);
    await diagnostics.update(dataset, patient);
    return diagnostics.of(dataset).map(({ code, severity, message, range }) => `${String(code)} ${String(severity)} ${dataset.document.getText(range)}: ${typeof message === 'string' ? message : ''}`);
  };
  const replace = (found: string, newText: string): void => {
    const at = dataset.document.getText().indexOf(found);
    dataset.document.update([{ range: { start: dataset.document.positionAt(at), end: dataset.document.positionAt(at + found.length) }, text: newText }], dataset.document.version + 1);
  };
  return { dataset, results, diagnostics, shown, replace, id };
}

describe('what the loop says of labels', () => {
  test('stands at the argument and at the label, as long as the label is the one that was judged', async () => {
    const { shown, replace, diagnostics, dataset } = await opened();
    const label = '"<tool_call>\\n{\\"name\\":\\"get_weather\\",\\"arguments\\":{\\"city\\":\\"Rome\\"}}\\n</tool_call>"';
    const both = ['policy-differs 3 \\"Rome\\": the policy answers differently: city is "Oslo", expected "Rome"', `label-wrong 2 ${label}: the judge calls the label wrong, 2 of 2`];
    expect((await shown()).map((one) => one.replaceAll(' ', ''))).toEqual(both.map((one) => one.replaceAll(' ', '')));
    // An edit elsewhere moves them.
    replace('Paris', 'Paris and more');
    expect(await shown()).toHaveLength(2);
    replace('\\"Rome\\"', '\\"Oslo\\"');
    await dataset.check(patient);
    expect(diagnostics.of(dataset)).toEqual([]);
    expect(await shown()).toEqual([]);
    replace('\\"Oslo\\"', '\\"Rome\\"');
    expect(await shown()).toHaveLength(2);
  });

  test('follows the journals', async () => {
    const { shown, results, diagnostics, id } = await opened();
    await shown();
    const before = diagnostics.number;
    const result = results.results.get(id);
    if (result?.probe === undefined || result.judgement === undefined) throw new Error('no result');
    results.results.set(id, { ...result, probe: { ...result.probe, outcome: 'MATCH' }, judgement: { ...result.judgement, verdict: 'PRED_WRONG' } });
    expect(await shown()).toHaveLength(2);
    await results.refresh();
    expect(await shown()).toEqual([]);
    expect(diagnostics.number).toBeGreaterThan(before);
  });
});
