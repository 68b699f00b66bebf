import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Label, Sample } from '../../../src/core/dataset/sample.ts';
import { builtInPrompts } from '../../../src/core/llm/prompts/promptSet.ts';
import { promptRef } from '../../../src/core/llm/prompts/template.ts';
import { readSections } from '../../../src/core/llm/prompts/sections.ts';
import type { ErrorSeed } from '../../../src/core/loop/buckets.ts';
import { DuplicateIndex, requestText } from '../../../src/core/loop/duplicates.ts';
import { generationOutcome, nextAttempt, planExpansions, seedsToExpand, type ExpandContext, type GenerationAsk } from '../../../src/core/loop/edde.ts';
import { projectConfigSchema, type ExpandGates } from '../../../src/core/config/projectConfig.ts';
import { foldExpansions, judgedCandidates, type Expansions } from '../../../src/core/loop/expansions.ts';
import { askAfter, judgeOutcome, planJudging, type JudgeContext } from '../../../src/core/loop/judgedExpansions.ts';
import { repetitionEntries, settleExpansions } from '../../../src/core/loop/settledExpansions.ts';
import { variationsFor } from '../../../src/core/loop/variations.ts';
import { foldExpand } from '../../../src/core/rounds/fold.ts';
import type { CritiqueEntry, ExpandEntry, GenerationEntry } from '../../../src/core/rounds/journalEntries.ts';
import { compileTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { at, failed, forecast, forecastTool, model, probeOf, replyOf, rowOf, sampleOf } from './builders.ts';

const textKinds = compileTextKinds({ ask: ['^Which (?<argument>\\w+)'], decline: ['^Sorry'] });
const context: ExpandContext = { round: 1, seed: 3, generator: { ...model, model: 'gen' }, sampling: {}, textKinds, k: 4, attempts: 2, grounding: false };
const gates: ExpandGates = { ...projectConfigSchema.shape.expand.parse({}).gates };
const judge: JudgeContext = { judge: { ...model, model: 'judge' }, sampling: {}, textKinds, gates };

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

type Run = { readonly known?: readonly Sample[]; readonly gates?: Partial<ExpandGates>; readonly solve?: (candidate: Sample) => string };

/** Runs the whole stage against a generator that answers by seed and sibling, and a judge that solves right and rules by text. */
function run(seeds: readonly ErrorSeed[], replies: (ask: GenerationAsk) => string, verdict: (text: string) => string, more: Run = {}): { readonly entries: ExpandEntry[]; readonly result: Expansions } {
  const { known = [], solve = ({ label }) => (label.kind === 'calls' ? JSON.stringify({ calls: label.calls }) : JSON.stringify({ text: label.kind === 'text' ? label.text : '' })) } = more;
  const own = { ...gates, ...more.gates };
  const judging = { ...judge, gates: own };
  const entries: ExpandEntry[] = [];
  for (let asks = asksOf(seeds); asks.length > 0; ) {
    const answered = asks.map((ask) => ({ ask, entry: generationOutcome(ask, replyOf(replies(ask)), context, at) }));
    entries.push(...answered.map(({ entry }) => entry));
    asks = answered.flatMap(({ ask, entry }) => nextAttempt(ask, entry, context) ?? []);
  }
  const settled = settleExpansions({ seeds, k: context.k, fold: foldExpand(entries), known, nearDuplicate: own.nearDuplicate });
  entries.push(...repetitionEntries(settled, entries, at));
  for (let asks = planJudging(settled, entries, judging).asks; asks.length > 0; ) {
    const answered = asks.map((ask) => {
      const { sample } = ask.candidate;
      return { ask, entry: judgeOutcome(ask, replyOf(ask.task === 'solve' ? solve(sample) : verdict(sample.messages[0]?.content ?? '')), judging, at) };
    });
    entries.push(...answered.map(({ entry }) => entry));
    asks = answered.flatMap(({ ask, entry }) => askAfter(ask, entry, judging) ?? []);
  }
  return { entries, result: foldExpansions({ round: 1, seeds, k: context.k, fold: foldExpand(entries), known, gates: own }) };
}

const correct = (): string => '{"verdict":"CORRECT","error_analysis":""}';

describe('variations', () => {
  const many = (seed: (i: number) => { readonly label: Label; readonly tools?: Sample['tools'] }, k = 4, kinds?: Parameters<typeof variationsFor>[3]) => Array.from({ length: 2000 }, (_, i) => variationsFor({ id: `s${i}`, ...seed(i) }, k, [1], kinds));
  const share = (all: readonly (readonly { readonly kind: string }[])[], kinds: readonly string[]): number => all.flat().filter(({ kind }) => kinds.includes(kind)).length / all.flat().length;

  it('differ among the siblings of a seed in six respects, and depend on nothing but seed and labels', () => {
    const names = (id: string): readonly string[] => variationsFor({ id, label: forecast('a') }, 6, [1]).map(({ name }) => name);
    for (let i = 0; i < 50; i++) expect([...names(`s${i}`)].sort()).toEqual(['complexity', 'domain', 'persona', 'style', 'tools', 'values']);
    expect(names('s1')).toEqual(names('s1'));
    expect(new Set(Array.from({ length: 20 }, (_, i) => names(`s${i}`).join())).size).toBeGreaterThan(5);
    const alone = many(() => ({ label: forecast('a'), tools: [forecastTool] }), 6).flat();
    expect(alone.some(({ name }) => name === 'tools')).toBe(false);
  });

  it('turn one sibling in eight into one that calls nothing, and after such seeds as many into calls', () => {
    const calls = many(() => ({ label: forecast('a') }));
    expect(share(calls, ['ask', 'decline'])).toBeCloseTo(1 / 8, 2);
    expect(share(calls, ['ask'])).toBeCloseTo(1 / 16, 2);
    for (const kind of ['parallel', 'multiTurn', 'recovery']) expect(share(calls, [kind])).toBeCloseTo(1 / 24, 2);
    expect(share(calls, ['single'])).toBe(0);
    const texts = many(() => ({ label: { kind: 'text', text: 'x' } }));
    expect([share(texts, ['single']), share(texts, ['same'])].map((part) => Math.round(part * 1000))).toEqual([expect.closeTo(125, -1), expect.closeTo(875, -1)]);
  });

  it('are of kinds as weighted, whatever k is', () => {
    for (const k of [1, 2, 3, 7]) {
      const all = many(() => ({ label: forecast('a') }), k, { same: 1, ask: 2, recovery: 1, parallel: 0 });
      expect([share(all, ['same']), share(all, ['ask']), share(all, ['recovery'])].map((part) => Math.round(part * 100) / 100)).toEqual([expect.closeTo(0.25, 1), expect.closeTo(0.5, 1), expect.closeTo(0.25, 1)]);
      expect(share(all, ['parallel'])).toBe(0);
    }
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
    expect(read.get('Variation')).toMatchObject({ ...asks[0]?.variation });
  });

  const gates: readonly (readonly [string, string, GenerationEntry['status'], RegExp])[] = [
    ['a good sample', generated('Rome tomorrow?'), 'candidate', /^$/u],
    ['prose', 'INPUT: a OUTPUT: b', 'parse', /no JSON object/u],
    ['an argument that the tool does not have', generated('a', { calls: [{ name: 'get_forecast', arguments: { city: 'a', when: 'b' } }] }), 'schema', /when/u],
    ['a missing argument', generated('a', { calls: [{ name: 'get_forecast', arguments: {} }] }), 'schema', /city/u],
    ['a tool that it does not show', generated('a', undefined, { tools: ['find_train'] }), 'schema', /get_forecast/u],
    ['a tool that was not given', generated('a', { text: 'Sorry.' }, { tools: ['fly'] }), 'schema', /not given: fly/u],
    ['no tool at all', generated('a', { text: 'Sorry.' }, { tools: [] }), 'schema', /no tool/u],
    ['an empty request', generated('  '), 'shape', /empty/u],
    ['a conversation that ends with the assistant', JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }], answer: { text: 'c' } }), 'shape', /does not end/u],
    ['a tool that answers uncalled', JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'tool', content: 'b' }], answer: { text: 'c' } }), 'shape', /without having been called/u],
    ['a call without an answer', JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'assistant', calls: forecast('b').calls }, { role: 'user', content: 'c' }], answer: { text: 'd' } }), 'shape', /no answer/u],
    ['a conversation that begins with the assistant', JSON.stringify({ messages: [{ role: 'assistant', content: 'hi' }, { role: 'user', content: 'a' }], answer: { text: 'c' } }), 'shape', /does not begin/u],
    ['a later step', JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'assistant', calls: forecast('b').calls }, { role: 'tool', content: 'c' }], answer: { text: 'd' } }), 'candidate', /^$/u],
  ];
  it.each(gates)('lets through or refuses %s', (_name, reply, status, reason) => {
    const [ask] = asksOf([seed]);
    if (ask === undefined) throw new Error('nothing to ask');
    const entry = generationOutcome(ask, replyOf(reply), context, at);
    expect(entry.status).toBe(status);
    expect(entry.reason).toMatch(reason);
    expect(entry.sample !== undefined).toBe(status !== 'parse');
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

describe('grounding', () => {
  const grounded = { ...context, grounding: true };
  const cases: readonly (readonly [string, string, unknown, GenerationEntry['status']])[] = [
    ['a value that is said', 'Snow in Rome for the next 3 days?', { city: 'Rome', days: 3 }, 'candidate'],
    ['a number in words', 'Snow in Rome for three days?', { city: 'Rome', days: 3 }, 'candidate'],
    ['another unit', 'Snow in Rome for the next two weeks?', { city: 'Rome', days: 14 }, 'candidate'],
    ['a city from nowhere', 'Will it snow?', { city: 'Rome' }, 'grounding'],
    ['a number from nowhere', 'Snow in Rome?', { city: 'Rome', days: 37 }, 'grounding'],
    ['a value that nobody filled in', 'Will it snow?', { city: '<city>' }, 'grounding'],
  ];
  it.each(cases)('lets through or refuses %s', (_name, said, args, status) => {
    const [ask] = asksOf([seed], [], grounded);
    if (ask === undefined) throw new Error('nothing to ask');
    const entry = generationOutcome(ask, replyOf(generated(said, { calls: [{ name: 'get_forecast', arguments: args }] })), grounded, at);
    expect([entry.status, entry.reason === '']).toEqual([status, status === 'candidate']);
  });

  it('looks at results of tools too, and at what the system of the seed says', () => {
    const dated = { ...seed, row: { ...seed.row, messages: [{ role: 'system' as const, content: 'Today is Monday, 3 March 2025.' }, ...seed.row.messages] } };
    const [ask] = asksOf([dated], [], grounded);
    if (ask === undefined) throw new Error('nothing to ask');
    const entry = generationOutcome(ask, replyOf(generated('Snow in Rome?', { calls: [{ name: 'get_forecast', arguments: { city: 'Rome' } }] })), grounded, at);
    expect(entry.sample?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
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
    expect(result.results.map(({ sample }) => sample !== undefined)).toEqual([false, true, true, true]);
    expect(result.results.map(({ gate, reason }) => `${gate}: ${reason}`)).toEqual([
      'parse: no JSON object with "messages" and "answer"',
      expect.stringContaining('schema: "x" is not one of the tools'),
      `duplicate: same request as ${seed.row.id}`,
      'judge: wrong city',
    ]);
  });

  it('refuses what repeats the training set, the corpus or a held-out set', () => {
    const heldOut = sampleOf('Snow in Rome?');
    const { result } = run([seed], (ask) => generated(ask.k === 0 ? 'snow in ROME?' : text(ask)), correct, { known: [heldOut] });
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
        expect(foldExpansions({ round: 1, seeds: [...seeds].reverse(), k: 4, fold: foldExpand(shuffled), known: [], gates })).toEqual(result);
      }),
      { numRuns: 20 },
    );
  });

  it('resumes at the judge: what is finished is not asked for again, what failed is', () => {
    const { entries } = run([seed], (ask) => generated(text(ask)), correct);
    const plan = (journal: readonly ExpandEntry[]) => planJudging(settleExpansions({ seeds: [seed], k: 4, fold: foldExpand(journal), known: [], nearDuplicate: 0.9 }), journal, judge);
    const without = (type: string): readonly ExpandEntry[] => entries.filter((entry) => entry.type !== type);
    const broken = entries.map((entry): ExpandEntry => (entry.type === 'critique' ? { ...entry, verdict: 'ERROR' } : entry));
    expect(plan(entries)).toMatchObject({ asks: [], done: 4 });
    expect(plan(broken).asks.map(({ task }) => task)).toEqual(['critique', 'critique', 'critique', 'critique']);
    expect(plan(without('solution')).asks.map(({ task }) => task)).toEqual(['solve', 'solve', 'solve', 'solve']);
    expect(plan([...broken, ...entries.filter(({ type }) => type === 'critique')]).asks).toHaveLength(0);
    const half: Expansions = foldExpansions({ round: 1, seeds: [seed], k: 4, fold: foldExpand(entries.filter((entry) => entry.type === 'generation' || ('k' in entry && entry.k > 1))), known: [], gates });
    expect(half.results.map(({ status }) => status)).toEqual(['open', 'open', 'accepted', 'accepted']);
  });

  it('takes a critique without a solution as it was before there was a solver', () => {
    const { entries } = run([seed], (ask) => generated(text(ask)), correct);
    const old = entries.filter(({ type }) => type !== 'solution');
    expect(foldExpansions({ round: 1, seeds: [seed], k: 4, fold: foldExpand(old), known: [], gates }).yields.accepted).toBe(4);
  });

  it('refuses what the judge answers otherwise, and does not ask the critic about it', () => {
    const other = JSON.stringify({ calls: forecast('Bergen').calls });
    const { entries, result } = run([seed], (ask) => generated(text(ask)), correct, { solve: ({ messages, label }) => (messages[0]?.content.endsWith('2') === true ? other : messages[0]?.content.endsWith('3') === true ? 'Let me think …' : JSON.stringify({ calls: label.kind === 'calls' ? label.calls : [] })) });
    expect(result.yields).toEqual({ asked: 4, accepted: 2, refused: { solver: 2 } });
    expect(result.results[2]?.reason).toContain('the judge answers otherwise');
    expect(entries.filter(({ type }) => type === 'critique')).toHaveLength(2);
  });

  it('asks as few questions as gates are on', () => {
    const types = (own: Partial<ExpandGates>): readonly string[] => [...new Set(run([seed], (ask) => generated(text(ask)), correct, { gates: own }).entries.map(({ type }) => type))];
    expect(types({ solver: false })).toEqual(['generation', 'critique']);
    expect(types({ critic: false })).toEqual(['generation', 'solution']);
    expect(types({ solver: false, critic: false })).toEqual(['generation']);
    expect(run([seed], (ask) => generated(text(ask)), correct, { gates: { solver: false, critic: false } }).result.yields.accepted).toBe(4);
  });

  it('keeps what the policy gets wrong or is unsure of, where difficulty is a gate', () => {
    const { entries } = run([seed], (ask) => generated(text(ask)), correct);
    const settled = settleExpansions({ seeds: [seed], k: 4, fold: foldExpand(entries), known: [], nearDuplicate: 0.9 });
    const candidates = judgedCandidates(settled, foldExpand(entries), gates);
    expect(candidates).toHaveLength(4);
    const outcomes = [['MATCH', 1.01], ['MATCH', 1.4], ['MISMATCH', 1.01], ['MATCH', null]] as const;
    const probes = candidates.map((sample, i) => probeOf(sample, outcomes[i]?.[0] ?? 'ERROR', { ppl: outcomes[i]?.[1] ?? null }));
    const states = (difficulty: ExpandGates['difficulty'], journal: readonly ExpandEntry[]) => foldExpansions({ round: 1, seeds: [seed], k: 4, fold: foldExpand(journal), known: [], gates: { ...gates, difficulty } }).results.map(({ status, gate }) => gate ?? status);
    expect(states('off', [...entries, ...probes])).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(states('wrong', [...entries, ...probes])).toEqual(['difficulty', 'difficulty', 'accepted', 'difficulty']);
    expect(states('wrongOrUnsure', [...entries, ...probes])).toEqual(['difficulty', 'accepted', 'accepted', 'accepted']);
    expect(states('wrong', entries)).toEqual(['open', 'open', 'open', 'open']);
  });

  it('refuses near copies of known samples and of siblings, and journals each once', () => {
    const long = (city: string, tail: string): string => `I am on my way with the children and we would like to know before we leave whether it rains in ${city} on the day after tomorrow, ${tail}`;
    const known = sampleOf(long('Rome', 'so please look it up'), forecast('Rome'));
    const texts = [long('Rome', 'so please look it up!!'), long('Rome', 'so do look it up'), `${long('Rome', 'so please look it up')} thanks`, 'Sun?'];
    const { entries, result } = run([seed], (ask) => generated(texts[ask.k] ?? ''), correct, { known: [known], gates: { nearDuplicate: 0.8 } });
    expect(result.results.map(({ gate, status }) => gate ?? status)).toEqual(['nearDuplicate', 'nearDuplicate', 'nearDuplicate', 'accepted']);
    expect(result.results[0]?.reason).toMatch(new RegExp(`^\\d+ % of its word triples are those of ${known.id}$`));
    expect(entries.filter(({ type }) => type === 'repetition')).toHaveLength(3);
    const settled = settleExpansions({ seeds: [seed], k: 4, fold: foldExpand(entries), known: [known], nearDuplicate: 0.8 });
    expect(repetitionEntries(settled, entries, at)).toEqual([]);
    expect(run([seed], (ask) => generated(texts[ask.k] ?? ''), correct, { known: [known], gates: { nearDuplicate: false } }).result.yields.accepted).toBe(4);
  });

  it('says of every row how it was made', () => {
    const { entries, result } = run([seed], (ask) => generated(text(ask)), correct);
    const generation = entries.find((entry) => entry.type === 'generation' && entry.k === 2);
    expect(result.accepted[2]?.made).toEqual({ round: 1, k: 2, attempt: 1, variation: generation?.type === 'generation' ? generation.variation : '', kind: 'same', generator: 'gen', promptVersion: 'generate-2', prompt: promptRef(builtInPrompts.generate), requestKey: generation?.requestKey });
  });

  it('does not take an expansion of a label that the seed no longer has', () => {
    const { entries } = run([seed], (ask) => generated(text(ask)), correct);
    expect(foldExpansions({ round: 1, seeds: [seedOf('Weather in Oslo?', forecast('Bergen'))], k: 4, fold: foldExpand(entries), known: [], gates }).accepted).toEqual([]);
  });

  it('takes an unreadable critique for a refusal', () => {
    const { entries, result } = run([seed], (ask) => generated(text(ask)), () => 'hm');
    expect(entries.find((entry): entry is CritiqueEntry => entry.type === 'critique')?.verdict).toBe('UNPARSED');
    expect(result.yields.refused).toEqual({ judge: 4 });
  });
});
