import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Label, Sample } from '../../../src/core/dataset/sample.ts';
import { readSections } from '../../../src/core/llm/prompts/sections.ts';
import type { ErrorSeed } from '../../../src/core/loop/buckets.ts';
import { DuplicateIndex, requestText } from '../../../src/core/loop/duplicates.ts';
import { generationOutcome, nextAttempt, planExpansions, seedsToExpand, type ExpandContext, type GenerationAsk } from '../../../src/core/loop/edde.ts';
import { critiqueOutcome, foldExpansions, planCritiques, type CritiqueContext, type Expansions } from '../../../src/core/loop/expansions.ts';
import { variationsFor } from '../../../src/core/loop/variations.ts';
import { foldExpand } from '../../../src/core/rounds/fold.ts';
import type { CritiqueEntry, ExpandEntry, GenerationEntry } from '../../../src/core/rounds/journalEntries.ts';
import { compileTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { at, failed, forecast, model, replyOf, rowOf, sampleOf } from './builders.ts';

const textKinds = compileTextKinds({ ask: ['^Which (?<argument>\\w+)'], decline: ['^Sorry'] });
const context: ExpandContext = { round: 1, seed: 3, generator: { ...model, model: 'gen' }, sampling: {}, textKinds, k: 4, attempts: 2 };
const judge: CritiqueContext = { judge: { ...model, model: 'judge' }, sampling: {} };

function seedOf(text: string, label: Label = forecast('Oslo')): ErrorSeed {
  return { row: rowOf(sampleOf(text, label), { origin: 'errorSeed' }), wrong: { text: 'no' }, analysis: 'It did not call.' };
}
const seed = seedOf('Weather in Oslo?');

function generated(text: string, answer: unknown = { calls: forecast('Rome').calls }, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ messages: [{ role: 'user', content: text }], answer, ...more });
}

function asksOf(seeds: readonly ErrorSeed[], entries: readonly GenerationEntry[] = [], where = context): readonly GenerationAsk[] {
  return planExpansions(seeds, entries, where).asks;
}

/** Runs the whole stage against a generator that answers by seed and sibling, and a judge that answers by text. */
function run(seeds: readonly ErrorSeed[], replies: (ask: GenerationAsk) => string, verdict: (text: string) => string, known: readonly Sample[] = []): { readonly entries: ExpandEntry[]; readonly result: Expansions } {
  const entries: ExpandEntry[] = [];
  for (let asks = asksOf(seeds); asks.length > 0; ) {
    const answered = asks.map((ask) => ({ ask, entry: generationOutcome(ask, replyOf(replies(ask)), context, at) }));
    entries.push(...answered.map(({ entry }) => entry));
    asks = answered.flatMap(({ ask, entry }) => nextAttempt(ask, entry, context) ?? []);
  }
  const plan = planCritiques(seeds, context.k, foldExpand(entries), entries, known, judge);
  for (const ask of plan.asks) entries.push(critiqueOutcome(ask, replyOf(verdict(ask.candidate.sample.messages[0]?.content ?? '')), judge, at));
  return { entries, result: foldExpansions({ round: 1, seeds, k: context.k, fold: foldExpand(entries), known }) };
}

const correct = (): string => '{"verdict":"CORRECT","error_analysis":""}';

describe('variations', () => {
  it('differ among the siblings of a seed and depend on nothing but seed and labels', () => {
    const names = (id: string): readonly string[] => variationsFor({ id, label: forecast('a') }, 4, [1]).map(({ name }) => name);
    for (let i = 0; i < 50; i++) expect(new Set(names(`s${i}`)).size).toBe(4);
    expect(names('s1')).toEqual(names('s1'));
    expect(new Set(Array.from({ length: 20 }, (_, i) => names(`s${i}`).join())).size).toBeGreaterThan(5);
  });

  it('turn one sibling in eight round: calls into texts, texts into calls', () => {
    const all = Array.from({ length: 2000 }, (_, i) => variationsFor({ id: `s${i}`, label: forecast('a') }, 4, [1])).flat();
    const share = (names: readonly string[]): number => all.filter(({ name }) => names.includes(name)).length / all.length;
    expect(share(['ask', 'decline'])).toBeCloseTo(1 / 8, 1);
    expect(share(['ask'])).toBeGreaterThan(0.04);
    expect(share(['call'])).toBe(0);
    const fromText = Array.from({ length: 200 }, (_, i) => variationsFor({ id: `s${i}`, label: { kind: 'text', text: 'x' } }, 4, [1])).flat();
    expect(fromText.some(({ name }) => name === 'call') && !fromText.some(({ name }) => name === 'ask')).toBe(true);
  });
});

describe('generation', () => {
  it('asks for k siblings of every seed, with all that the prompt needs', () => {
    const asks = asksOf([seed, seedOf('Trains?')]);
    expect(asks).toHaveLength(8);
    expect(new Set(asks.map(({ requestKey }) => requestKey)).size).toBe(8);
    const read = readSections(asks[0]?.request.messages[1]?.content ?? '');
    expect(read.get('Correct answer')).toEqual({ calls: forecast('Oslo').calls });
    expect(read.get('Wrong answer')).toEqual({ text: 'no' });
    expect(read.get('Error analysis')).toBe('It did not call.');
    expect(read.get('Variation')).toMatchObject({ name: asks[0]?.variation });
  });

  const gates: readonly (readonly [string, string, GenerationEntry['status'], RegExp])[] = [
    ['a good sample', generated('Rome tomorrow?'), 'candidate', /^$/u],
    ['prose', 'INPUT: a OUTPUT: b', 'parse', /no JSON object/u],
    ['an argument that the tool does not have', generated('a', { calls: [{ name: 'get_forecast', arguments: { city: 'a', when: 'b' } }] }), 'schema', /when/u],
    ['a missing argument', generated('a', { calls: [{ name: 'get_forecast', arguments: {} }] }), 'schema', /city/u],
    ['a tool that it does not show', generated('a', undefined, { tools: ['find_train'] }), 'schema', /get_forecast/u],
    ['a tool that was not given', generated('a', { text: 'Sorry.' }, { tools: ['fly'] }), 'schema', /not given: fly/u],
    ['no tool at all', generated('a', { text: 'Sorry.' }, { tools: [] }), 'schema', /no tool/u],
    ['an empty request', generated('  '), 'schema', /empty/u],
    ['a conversation that ends with the assistant', JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }], answer: { text: 'c' } }), 'schema', /does not end/u],
    ['a tool that answers uncalled', JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'tool', content: 'b' }], answer: { text: 'c' } }), 'schema', /without having been called/u],
    ['a call without an answer', JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'assistant', calls: forecast('b').calls }, { role: 'user', content: 'c' }], answer: { text: 'd' } }), 'schema', /no answer/u],
    ['a later step', JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'assistant', calls: forecast('b').calls }, { role: 'tool', content: 'c' }], answer: { text: 'd' } }), 'candidate', /^$/u],
  ];
  it.each(gates)('lets through or refuses %s', (_name, reply, status, reason) => {
    const [ask] = asksOf([seed]);
    if (ask === undefined) throw new Error('nothing to ask');
    const entry = generationOutcome(ask, replyOf(reply), context, at);
    expect(entry.status).toBe(status);
    expect(entry.reason).toMatch(reason);
    expect(entry.sample !== undefined).toBe(status === 'candidate');
    if (entry.sample !== undefined) expect(entry.sample.family).toBe(seed.row.family);
  });

  it('names what a generated text does, and shows the tools that it chose', () => {
    const [ask] = asksOf([seed]);
    if (ask === undefined) throw new Error('nothing to ask');
    const entry = generationOutcome(ask, replyOf(generated('Weather?', { text: 'Which city do you mean?' }, { tools: ['get_forecast'] })), context, at);
    expect(entry.sample?.label).toEqual({ kind: 'text', text: 'Which city do you mean?', textKind: { kind: 'ask', argument: 'city' } });
    expect(entry.sample?.tools.map(({ name }) => name)).toEqual(['get_forecast']);
  });

  it('tries again, as another request, what a gate refused, up to the number of attempts; in a resumed run too', () => {
    const [ask] = asksOf([seed]);
    if (ask === undefined) throw new Error('nothing to ask');
    const refused = generationOutcome(ask, replyOf('nothing'), context, at);
    const second = nextAttempt(ask, refused, context);
    expect(second).toMatchObject({ attempt: 2, k: 0, variation: ask.variation });
    expect(second?.requestKey).not.toBe(ask.requestKey);
    expect(asksOf([seed], [refused])[0]).toEqual(second);
    const again = generationOutcome(second ?? ask, replyOf('nothing'), context, at);
    expect(nextAttempt(second ?? ask, again, context)).toBeUndefined();
    expect(planExpansions([seed], [refused, again], context)).toMatchObject({ done: 1 });
  });

  it('leaves a failed request to the next run, which asks the same', () => {
    const [ask] = asksOf([seed]);
    if (ask === undefined) throw new Error('nothing to ask');
    const entry = generationOutcome(ask, failed, context, at);
    expect(entry.status).toBe('api');
    expect(nextAttempt(ask, entry, context)).toBeUndefined();
    expect(asksOf([seed], [entry])[0]).toEqual(ask);
  });

  it('expands at most maxSeeds, evenly over kinds, and none without an answer to show', () => {
    const many = [...Array.from({ length: 20 }, (_, i) => seedOf(`call ${i}`)), ...Array.from({ length: 4 }, (_, i) => seedOf(`ask ${i}`, { kind: 'text', text: 'Which city?' })), seedOf('none', { kind: 'noCall' })];
    const chosen = seedsToExpand(many, { ...context, maxSeeds: 8 });
    expect(chosen.map(({ row }) => row.label.kind).sort()).toEqual(['calls', 'calls', 'calls', 'calls', 'text', 'text', 'text', 'text']);
    expect(seedsToExpand([...many].reverse(), { ...context, maxSeeds: 8 })).toEqual(chosen);
    expect(seedsToExpand(many, context)).toHaveLength(24);
  });
});

describe('duplicates', () => {
  it('are found by id, and by what was said without regard to case, spacing and form', () => {
    const index = new DuplicateIndex([sampleOf('Weather in  Zürich?')]);
    expect(index.find(sampleOf('weather in Zu\u0308rich? '))?.by).toBe('text');
    expect(index.find(sampleOf('Weather in  Zürich?'))?.by).toBe('id');
    expect(index.find(sampleOf('Weather in Bern?'))).toBeUndefined();
    expect(requestText([{ role: 'system', content: 'S' }, { role: 'user', content: ' A\nb' }])).toBe('a b');
  });
});

describe('the fold of expansions', () => {
  const text = (ask: GenerationAsk): string => `${ask.seed.row.id} number ${ask.k}`;

  it('accepts what passes all gates, with seed, family and round', () => {
    const { result } = run([seed], (ask) => generated(text(ask)), correct);
    expect(result.yields).toEqual({ asked: 4, accepted: 4, refused: {} });
    for (const row of result.accepted) expect(row).toMatchObject({ origin: 'expansion', parents: [seed.row.id], since: 2, family: seed.row.family });
  });

  it('counts every refusal at its gate', () => {
    const replies = ['no JSON', generated('a', { calls: [{ name: 'x', arguments: {} }] }), generated('  WEATHER in oslo? '), generated('bad one')];
    const { result } = run([seed], (ask) => replies[ask.k] ?? '', (said) => (said === 'bad one' ? '{"verdict":"INCORRECT","error_analysis":"wrong city"}' : correct()));
    expect(result.yields).toEqual({ asked: 4, accepted: 0, refused: { parse: 1, schema: 1, duplicate: 1, judge: 1 } });
    expect(result.results.map(({ gate, reason }) => `${gate}: ${reason}`)).toEqual([
      'parse: no JSON object with "messages" and "answer"',
      expect.stringContaining('schema: "x" is not one of the tools'),
      `duplicate: same request as ${seed.row.id}`,
      'judge: wrong city',
    ]);
  });

  it('refuses what repeats the training set, the corpus or a held-out set', () => {
    const heldOut = sampleOf('Snow in Rome?');
    const { result } = run([seed], (ask) => generated(ask.k === 0 ? 'snow in ROME?' : text(ask)), correct, [heldOut]);
    expect(result.yields.refused).toEqual({ duplicate: 1 });
    expect(result.accepted.some(({ messages }) => requestText(messages) === requestText(heldOut.messages))).toBe(false);
  });

  it('keeps the first of equal siblings in the order of seed and number, and does not ask the judge about the others', () => {
    const seeds = [seed, seedOf('Trains to Bern?')];
    const { entries, result } = run(seeds, () => generated('all the same'), correct);
    const first = [...seeds.map(({ row }) => row.id)].sort()[0];
    expect(result.yields).toEqual({ asked: 8, accepted: 1, refused: { duplicate: 7 } });
    expect(result.accepted[0]?.parents).toEqual([first]);
    expect(entries.filter(({ type }) => type === 'critique')).toHaveLength(1);
  });

  it('does not depend on the order of the replies', () => {
    const seeds = [seed, seedOf('Trains to Bern?'), seedOf('Rain?')];
    const { entries, result } = run(seeds, (ask) => generated(`text ${ask.k % 3} ${ask.seed.row.id < seed.row.id ? 'x' : 'y'}`), correct);
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        expect(foldExpansions({ round: 1, seeds: [...seeds].reverse(), k: 4, fold: foldExpand(shuffled), known: [] })).toEqual(result);
      }),
      { numRuns: 20 },
    );
  });

  it('resumes at the judge: finished critiques are not asked for again, failed ones are', () => {
    const { entries } = run([seed], (ask) => generated(text(ask)), correct);
    const broken = entries.map((entry): ExpandEntry => (entry.type === 'critique' ? { ...entry, verdict: 'ERROR' } : entry));
    const plan = (journal: readonly ExpandEntry[]) => planCritiques([seed], 4, foldExpand(journal), journal, [], judge);
    expect(plan(entries)).toMatchObject({ asks: [], done: 4 });
    expect(plan(broken).asks).toHaveLength(4);
    expect(plan([...broken, ...entries.filter(({ type }) => type === 'critique')]).asks).toHaveLength(0);
    const half: Expansions = foldExpansions({ round: 1, seeds: [seed], k: 4, fold: foldExpand(entries.filter((entry) => entry.type === 'generation' || entry.k > 1)), known: [] });
    expect(half.results.map(({ status }) => status)).toEqual(['open', 'open', 'accepted', 'accepted']);
  });

  it('does not take an expansion of a label that the seed no longer has', () => {
    const { entries } = run([seed], (ask) => generated(text(ask)), correct);
    expect(foldExpansions({ round: 1, seeds: [seedOf('Weather in Oslo?', forecast('Bergen'))], k: 4, fold: foldExpand(entries), known: [] }).accepted).toEqual([]);
  });

  it('takes an unreadable critique for a refusal', () => {
    const { entries, result } = run([seed], (ask) => generated(text(ask)), () => 'hm');
    expect(entries.find((entry): entry is CritiqueEntry => entry.type === 'critique')?.verdict).toBe('UNPARSED');
    expect(result.yields.refused).toEqual({ judge: 4 });
  });
});
