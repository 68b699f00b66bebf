import { describe, expect, test } from 'vitest';
import { noCompanions } from '../../../src/core/dataset/companions.ts';
import type { Judgement, ProbeEntry } from '../../../src/core/rounds/journalEntries.ts';
import { LiveDataset } from '../../../src/server/dataset/liveDataset.ts';
import { cardBlocks } from '../../../src/server/hover/sampleCard.ts';
import type { SampleResult, SampleResults } from '../../../src/server/sampleResults.ts';
import { LiveText } from '../../../src/server/text/liveText.ts';
import { callBlock, looptoolRow, weatherTool } from '../../builders/datasetText.ts';

const text = `${looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }))}\n${looptoolRow([weatherTool], callBlock('get_weather', { city: 5 }))}\n`;
const dataset = new LiveDataset(new LiveText('file:///a.jsonl', 'jsonl', 1, text), () => Promise.resolve(noCompanions));

const noResults: SampleResults = { of: () => undefined, inProject: () => false, refresh: () => Promise.resolve(), onDidChange: () => () => undefined };

function card(index: number, results: SampleResults = noResults): string {
  const record = dataset.record(index);
  if (record === undefined) throw new Error('no record');
  return cardBlocks({ results, projectOf: () => undefined }, dataset, record).join('\n\n');
}

const [first] = dataset.record(0)?.samples ?? [];
const labelHash = first?.sample.labelHash ?? '';
const probe: ProbeEntry = {
  v: 1, type: 'probe', sampleId: first?.sample.id ?? '', labelHash, requestKey: 'k', attempt: 1, startedAt: '', elapsedMs: 1, outcome: 'MISMATCH', ppl: 1.2345,
  prediction: { kind: 'CALL', calls: [{ name: 'get_weather', arguments: { city: '`Oslo`' } }], text: '', warnings: [] },
  comparison: { equal: false, pairs: [0], differences: [{ kind: 'value', path: [0, 'city'], severity: 'error', message: 'city is [x](y)' }] },
};
const judgement: Judgement = { sampleId: probe.sampleId, labelHash, verdict: 'LABEL_WRONG', analysis: 'Because <b>so</b>.', approach: '', votes: 2, agreeing: 2, simulated: false, by: 'judge', source: 'm' };
const resultsWith = (result: Partial<SampleResult>): SampleResults => ({ ...noResults, of: () => ({ sampleId: probe.sampleId, probe: undefined, judgement: undefined, round: 3, rounds: [1, 3], reviewRound: undefined, ...result }) });

describe('the card of a record', () => {
  test('counts the findings of the record by severity, once they are known', async () => {
    expect(card(0)).toContain('**Record 1** of 2, LoopTool rows: being checked');
    await dataset.prepare(undefined);
    while (!dataset.work());
    expect(card(0)).toContain(': no findings');
    expect(card(1)).toContain(': 1 error');
  });

  test('says what the loop made of the sample', () => {
    const shown = card(0, resultsWith({ probe, judgement }));
    expect(shown).toContain('one call, 1 turn of the user: ` get_weather(city="Paris") `');
    expect(shown).toContain('**Probe** (round 3): the answer differs from the label, perplexity 1.23');
    expect(shown).toContain('Prediction: `` get_weather(city="`Oslo`") ``');
    expect(shown).toContain('- city is \\[x\\]\\(y\\)');
    expect(shown).toContain('**Verdict** (the judge, 2 of 2 votes): the label is wrong\n\nBecause &#60;b&#62;so&#60;\\/b&#62;\\.');
    expect(shown).toContain('In rounds 1, 3');
  });

  test('says where a result is of another label', () => {
    const shown = card(0, resultsWith({ probe: { ...probe, labelHash: 'other' }, judgement: { ...judgement, labelHash: 'other' } }));
    expect(shown.match(/the label has changed since/g)).toHaveLength(2);
    expect(card(0)).toContain('Not probed');
  });
});
