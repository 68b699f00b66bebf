import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longestShown, reviewItem } from '../../../../src/app/review/reviewItem.ts';
import type { ReviewPair } from '../../../../src/app/review/reviewSource.ts';
import { openRoundSource } from '../../../../src/app/review/roundSource.ts';
import { makeSample } from '../../../../src/core/dataset/identity.ts';
import type { Decision } from '../../../../src/core/review/decision.ts';
import { describePair } from '../../../../src/core/review/pairs/describePair.ts';
import { reviewItemSchema, type ReviewItem } from '../../../../src/protocol/review/item.ts';
import { buildProject } from '../../../builders/builtProject.ts';

let directory: string;
let pair: ReviewPair;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'looptool-item-'));
  const { samples } = buildProject(directory);
  const source = openRoundSource(directory, 1);
  await source.items();
  const found = await source.pair(samples[0]?.id ?? '');
  if (found === undefined) throw new Error('no pair');
  pair = found;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const undecided = { standingOf: () => [], inForce: new Map<string, Decision>() };
const itemOf = (of: ReviewPair, context: Partial<Parameters<typeof reviewItem>[2]> = {}): ReviewItem => reviewItem(of, describePair(of), { state: undecided, similar: 0, ...context });

describe('an item of the review', () => {
  it('keeps to the protocol, with both sides and where their values come from', () => {
    const item = itemOf(pair, { similar: 3, value: { chance: 0.5, weight: 2, reason: 'why' } });
    expect(reviewItemSchema.parse(item)).toEqual(item);
    expect(item).toMatchObject({ predictionLabel: { kind: 'calls' }, similar: 3, value: { chance: 0.5 }, origin: 'seed' });
    const said = item.sources.filter(({ side, path }) => side === 'label' && path[0] === 'city');
    expect(said).toMatchObject([{ kind: 'said', message: 0, value: 'Paris' }]);
    const { message, start, end } = said[0] ?? {};
    expect(pair.sample.messages[message ?? -1]?.content.slice(start, end)).toBe('Paris');
    expect(item.sources.find(({ side, path }) => side === 'prediction' && path[0] === 'city')).toMatchObject({ kind: 'unknown', value: 'Lyon' });
  });

  it('has the findings of the rules on either side, with call and argument', () => {
    const item = itemOf({ ...pair, prediction: { kind: 'CALL', calls: [{ name: 'get_weather', arguments: { city: 'Paris', days: 'one' } }, { name: 'get_wether', arguments: {} }], text: '', warnings: [] } });
    expect(item.labelFindings).toEqual([]);
    expect(item.predictionFindings).toEqual(expect.arrayContaining([expect.objectContaining({ rule: 'argument-type', severity: 'error', call: 0, argument: 'days' }), expect.objectContaining({ rule: 'unknown-tool', call: 1 })]));
  });

  it('tells the decisions on it, and which is in force', () => {
    const decision = { v: 1, op: 'decide', id: 'd1', at: 'then', by: 'ann', sampleId: pair.sample.id, labelHash: pair.sample.labelHash, ruling: 'keepLabel', note: 'sure' } as const;
    const second = { ...decision, id: 'd2', pass: 'second' } as const;
    const state = { standingOf: () => [decision, second], inForce: new Map([[decision.sampleId, decision]]) };
    expect(itemOf(pair, { state }).decisions).toEqual([
      { id: 'd1', at: 'then', by: 'ann', ruling: 'keepLabel', pass: 'first', note: 'sure', inForce: true },
      { id: 'd2', at: 'then', by: 'ann', ruling: 'keepLabel', pass: 'second', note: 'sure', inForce: false },
    ]);
  });

  it('cuts what is very long, and says so', () => {
    const item = itemOf({ ...pair, raw: 'x'.repeat(longestShown + 1234), reply: 'y'.repeat(longestShown) });
    expect(item.raw.slice(longestShown)).toBe('\n… (1,234 more characters are not shown)');
    expect(item.reply).toHaveLength(longestShown);
  });

  it('asks only the rules of calls in a sample of megabytes, and looks for values in a part of it', () => {
    const { tools, label } = pair.sample;
    const sample = makeSample({ tools, label, messages: [{ role: 'user', content: `Paris ${'z'.repeat(5_000_000)} Lyon` }] });
    const item = itemOf({ ...pair, sample, prediction: { ...pair.prediction, calls: [{ name: 'get_weather', arguments: { city: 'w'.repeat(5_000_000), days: 1.5 } }] } });
    expect(item.sources.find(({ side, path }) => side === 'label' && path[0] === 'city')).toMatchObject({ kind: 'said', start: 0, end: 5 });
    expect(item.predictionFindings).toEqual([expect.objectContaining({ rule: 'argument-type', argument: 'days' })]);
  });

  it('has no findings on an answer that is none', () => {
    const item = itemOf({ ...pair, prediction: { kind: 'TRUNCATED', calls: [], text: '', warnings: ['cut'] }, outcome: 'TRUNCATED' });
    expect(item.predictionLabel).toBeUndefined();
    expect(item.predictionFindings).toEqual([]);
  });
});
