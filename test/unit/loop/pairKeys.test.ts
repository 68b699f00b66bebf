import { expect, test, vi } from 'vitest';
import { planVerify, voteOutcome, type VerifyCase, type VerifyContext } from '../../../src/core/loop/jglv.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import type { ProbeEntry, VerifyEntry } from '../../../src/core/rounds/journalEntries.ts';
import { at, forecast, model, probeOf, replyOf, sampleOf } from './builders.ts';

const context: VerifyContext = { judge: { ...model, model: 'judge-9' }, sampling: { maxTokens: 300 } };

function caseOf(more: Partial<ProbeEntry> = {}): VerifyCase {
  const sample = sampleOf('Weather in Rome?', forecast('Oslo'));
  return { sample, probe: probeOf(sample, 'MISMATCH', { requestKey: 'req_1', ...more }) };
}

/** Both votes, as a run of before wrote them or as one of now does. */
function voted(verifyCase: VerifyCase, pairs = true): readonly VerifyEntry[] {
  const entries = planVerify([verifyCase], [], context).votes.map((ask) => voteOutcome(ask, replyOf('{"verdict":"BOTH_WRONG"}'), context, at));
  return pairs ? entries : entries.map((entry) => ({ ...entry, pair: undefined }));
}

const asked = (verifyCase: VerifyCase, entries: readonly VerifyEntry[], change: Partial<VerifyContext> = {}): readonly string[] => planVerify([verifyCase], entries, { ...context, ...change }).votes.map(({ order }) => order);

test('a pair with both votes is passed over, also where the votes are of before there were names of pairs', () => {
  expect(asked(caseOf(), voted(caseOf()))).toEqual([]);
  expect(asked(caseOf(), voted(caseOf(), false))).toEqual([]);
  expect(voted(caseOf()).every((entry) => entry.type === 'vote' && /^[0-9a-f]{16}$/.test(entry.pair ?? ''))).toBe(true);
});

test('and no prompt is written for it', () => {
  const many = Array.from({ length: 40 }, (_, index) => {
    const sample = sampleOf(`Weather in Town${index}?`, forecast('Oslo'));
    return { sample, probe: probeOf(sample, 'MISMATCH', { requestKey: `req_${index}` }) };
  });
  const entries = planVerify(many, [], context).votes.map((ask) => voteOutcome(ask, replyOf('{"verdict":"BOTH_WRONG"}'), context, at));
  // The messages of a sample are what every prompt is made of.
  const looks = many.map(({ sample }) => vi.spyOn(sample, 'messages' as never, 'get' as never));
  expect(stringifyJson([planVerify(many, entries, context).done])).toBe('[40]');
  for (const look of looks) expect(look).not.toHaveBeenCalled();
});

test('half a pair, another answer, judge, prompt, sampling or protocol are asked about', () => {
  const entries = voted(caseOf());
  expect(asked(caseOf(), entries.slice(0, 1))).toEqual(['PL']);
  expect(asked(caseOf(), entries.map((entry, index) => (index === 0 ? { ...entry, verdict: 'ERROR' as const } : entry)) as readonly VerifyEntry[])).toEqual(['LP']);
  const other = { prediction: { kind: 'CALL', calls: [{ name: 'get_forecast', arguments: { city: 'Bergen' } }], text: '', warnings: [] } as const, requestKey: 'req_2' };
  expect(asked(caseOf(other), entries)).toEqual(['LP', 'PL']);
  expect(asked(caseOf(), entries, { judge: { ...context.judge, model: 'judge-10' } })).toEqual(['LP', 'PL']);
  expect(asked(caseOf(), entries, { judge: { ...context.judge, fingerprint: 'sha256:another' } })).toEqual(['LP', 'PL']);
  expect(asked(caseOf(), entries, { sampling: { maxTokens: 301 } })).toEqual(['LP', 'PL']);
  expect(asked(caseOf(), entries, { protocol: 'paper' })).toEqual(['LP']);
  const example = { tools: [], messages: [{ role: 'user' as const, content: 'x' }], first: { text: 'a' }, second: { text: 'b' }, word: 'BOTH_CORRECT' as const, family: 'fam_other' };
  expect(asked(caseOf(), entries, { examples: [example] })).toEqual(['LP', 'PL']);
});

test('a pair of the family of an example goes by its own prompt', () => {
  const example = { tools: [], messages: [{ role: 'user' as const, content: 'x' }], first: { text: 'a' }, second: { text: 'b' }, word: 'BOTH_CORRECT' as const, family: caseOf().sample.family };
  const change = { examples: [example] };
  const entries = planVerify([caseOf()], [], { ...context, ...change }).votes.map((ask) => voteOutcome(ask, replyOf('{"verdict":"BOTH_WRONG"}'), context, at));
  expect(entries.every(({ pair }) => pair === undefined)).toBe(true);
  expect(asked(caseOf(), entries, change)).toEqual([]);
});
