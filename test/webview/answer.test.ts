import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Label } from '../../src/core/dataset/sample.ts';
import { JsonNumber } from '../../src/core/json/value.ts';
import type { ReviewItem } from '../../src/protocol/review/item.ts';
import { call, closeBrowser, itemOf, openAnswers, type AnswerHarness } from './answerHarness.ts';
import { HOSTILE_TEXTS } from './hostileTexts.ts';
import { THEMES } from './themes.ts';

afterAll(closeBrowser);

let harness: AnswerHarness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

async function open(options: Parameters<typeof openAnswers>[0] = {}): Promise<AnswerHarness> {
  harness = await openAnswers(options);
  return harness;
}

const calls = (...list: ReturnType<typeof call>[]): Label => ({ kind: 'calls', calls: list });

/** Everything at once: changed words, types, orders, nested and folded parts, moved and missing calls, findings, sources. */
function rich(): ReviewItem {
  const place = { lat: new JsonNumber('48.0'), lon: 2.35, country: 'FR', zone: 'CET' };
  return itemOf(
    calls(call({ city: 'the weather in Paris this week', days: 5, place, tags: ['a', 'b', 'c', 'd'] }), call({ city: 'Rome' }), call({ city: 'Oslo', units: 'metric' })),
    [call({ city: 'Oslo', units: 'metric' }), call({ city: 'the weather in Lyon this week', days: '5', place: { ...place, lat: 45.75 }, tags: ['a', 'x', 'b', 'c', 'd'], mood: 'sunny' }), call({ city: 'Bonn' }, 'get_time')],
    {
      labelFindings: [{ rule: 'value-not-grounded', severity: 'warning', message: 'Paris is not said', call: 0, argument: 'city' }, { rule: 'whole', severity: 'error', message: 'something of the whole' }],
      predictionFindings: [{ rule: 'argument-type', severity: 'error', message: 'days is a string', call: 1, argument: 'days' }],
      sources: [{ side: 'prediction', call: 1, path: ['city'], kind: 'said', value: 'Lyon', message: 0, start: 0, end: 4 }, { side: 'label', call: 0, path: ['days'], kind: 'unknown', value: 5 }],
    },
  );
}

const row = (h: AnswerHarness, text: string): ReturnType<AnswerHarness['page']['locator']> => h.page.locator('tr.argument', { hasText: text }).first();

describe('answerView', () => {
  it('aligns argument by argument, with the words that differ marked', async () => {
    const h = await open();
    await h.showAnswer(rich());
    const city = row(h, 'the weather in');
    expect(await city.getAttribute('class')).toContain('changed');
    expect(await city.locator('td.left del').allTextContents()).toEqual(['Paris']);
    expect(await city.locator('td.right ins').allTextContents()).toEqual(['Lyon']);
    expect(await h.page.locator('tr.argument.type').textContent()).toContain('another type');
    expect(await h.page.locator('tr.argument.added', { hasText: 'mood' }).locator('.schema').textContent()).toBe('not in the schema');
    const nested = h.page.locator('tr.argument.nested', { hasText: 'place.lat' });
    expect(await nested.locator('td.left').textContent()).toContain('48.0');
    expect(await h.page.locator('tr.argument.same', { hasText: '3 members' }).count()).toBe(1);
    expect(await h.page.locator('.moved').textContent()).toContain('place 3 to 1');
  });

  it('shows the schema beside the arguments, its description on demand', async () => {
    const h = await open();
    await h.showAnswer(rich());
    const facts = row(h, 'the weather in').locator('details.schema');
    expect(await facts.locator('summary').textContent()).toContain('required');
    expect(await facts.locator('p').first().isVisible()).toBe(false);
    await facts.locator('summary').click();
    expect(await facts.locator('p').first().textContent()).toContain('The city, in English');
    expect(await h.page.locator('tr', { hasText: 'units' }).locator('.enum').first().textContent()).toContain('"metric" | "imperial"');
  });

  it('puts findings beside their arguments and the rest at the end', async () => {
    const h = await open();
    await h.showAnswer(rich());
    expect(await row(h, 'the weather in').locator('td.left .finding').textContent()).toContain('Paris is not said');
    expect(await h.page.locator('tr.type td.right .finding').textContent()).toContain('days is a string');
    expect(await h.page.locator('.findings.all').textContent()).toContain('something of the whole');
    expect(await h.page.locator('.finding').count()).toBe(3);
  });

  it('leads to the sources of its values', async () => {
    const h = await open();
    await h.showAnswer(rich());
    const source = h.page.locator('button.source');
    await source.focus();
    await source.click();
    const events = await h.events();
    expect(events).toContainEqual(['hover', 0]);
    expect(events).toContainEqual(['source', 0]);
    expect(await h.page.locator('span.source.unknown').textContent()).toContain('Not found in the conversation');
  });

  it('swaps the sides and keeps to itself which is the label', async () => {
    const h = await open();
    await h.showAnswer(rich(), { swapped: true, neutralNames: true });
    expect((await h.page.locator('thead th').allTextContents()).map((text) => text.replace(/\d.*/, '').trim())).toEqual(['Argument', 'Side A', 'Side B']);
    expect(await row(h, 'the weather in').locator('td.left').textContent()).toContain('Lyon');
    const text = await h.page.locator('test-answer').evaluate((e) => e.shadowRoot?.textContent ?? '');
    // Calls and arguments come in the order of the left side: the label's order would tell.
    expect(await h.page.locator('.call-name td.left .number').allTextContents()).toEqual(['1.', '2.', '3.']);
    expect(await h.page.locator('.moved').textContent()).toContain('place 1 to 3');
    expect(text).not.toMatch(/expected|\bLabel\b|\bPrediction\b|only in: (Label|Prediction)/);
  });

  it.each<[string, Label, Parameters<typeof itemOf>[1], RegExp]>([
    ['text against text', { kind: 'text', text: 'Which city do you mean?' }, { kind: 'TEXT_ASK', calls: [], text: 'Which town do you mean?', warnings: [] }, /Which.*town.*do you mean/],
    ['calls against text', calls(call({ city: 'a' })), { kind: 'TEXT_ANSWER', calls: [], text: 'It is sunny.', warnings: [] }, /no such call/],
    ['text against calls', { kind: 'text', text: 'no' }, [call({ city: 'a' })], /no text beside its calls/],
    ['noCall', { kind: 'noCall' }, [call({ city: 'a' })], /any answer without a call is right/],
    ['anyCall', { kind: 'anyCall' }, { kind: 'TEXT_ANSWER', calls: [], text: 'hello', warnings: [] }, /any call is right/],
    ['a trace', { kind: 'trace', trace: [1] }, [call({})], /an execution trace/],
    ['an unreadable label', { kind: 'invalid', raw: '{"a"', reason: 'no JSON' }, [call({})], /cannot be read: no JSON/],
    ['EMPTY', calls(call({})), { kind: 'EMPTY', calls: [], text: '', warnings: [] }, /the model answered nothing/],
    ['TRUNCATED', calls(call({})), { kind: 'TRUNCATED', calls: [], text: 'half', warnings: [] }, /cut off before its end/],
    ['INVALID', calls(call({})), { kind: 'INVALID', calls: [], text: '{', warnings: ['a call has no name'] }, /not readable: a call has no name/],
  ])('is honest about %s', async (_, label, prediction, words) => {
    const h = await open();
    await h.showAnswer(itemOf(label, prediction));
    expect(await h.page.locator('test-answer').evaluate((e) => (e.shadowRoot?.querySelector('section')?.textContent ?? '').replace(/\s+/g, ' '))).toMatch(words);
  });

  it('lists what else is right', async () => {
    const h = await open();
    const possible = [call({ city: ['Paris', 'Paris, FR'], days: [5, ''] })];
    await h.showAnswer(itemOf({ kind: 'calls', calls: [call({ city: 'Paris', days: 5 })], possible, alternatives: [[call({ city: 'Lyon' })], [call({ city: 'Rome', days: 2 })]] }, [call({ city: 'Lyons' })]));
    expect(await h.page.locator('.acceptable').textContent()).toContain('Also right: "Paris, FR"');
    expect(await h.page.locator('details.alternative').count()).toBe(2);
  });

  it('shows hostile text as text, wherever it stands', async () => {
    const h = await open();
    const requests: string[] = [];
    h.page.on('request', (request) => requests.push(request.url()));
    for (const text of HOSTILE_TEXTS) {
      const tool = { name: text, description: text, parameters: { type: 'object', properties: { [text]: { type: 'string', description: text, enum: [text], default: text } } } };
      await h.showAnswer(itemOf(calls(call({ [text]: text, list: [text, 1], o: { [text]: 1 } }, text)), [call({ [text]: `${text} `, list: [text, 2], o: { [text]: 2 } }, text), call({ a: text }, text)], { tools: [tool], labelFindings: [{ rule: text, severity: 'error', message: text, call: 0, argument: text }] }));
      expect(await h.page.locator('test-answer').evaluate((e) => e.shadowRoot?.querySelectorAll('script, iframe, img, svg, a, base, style, link, template, math').length)).toBe(0);
    }
    expect(await h.page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(requests).toEqual([]);
  });

  it('writes direction overrides and invisible characters out, also inside of a change', async () => {
    const h = await open();
    await h.showAnswer(itemOf(calls(call({ city: 'a \u202eb c' })), [call({ city: 'a b\u200b c' })]));
    const text = await row(h, 'city').textContent();
    expect(text).toContain('‹U+202E›');
    expect(text).toContain('‹U+200B›');
  });

  it('stays whole with texts of five megabytes, deep values and twelve calls', async () => {
    const h = await open();
    const huge = 'long text '.repeat(500_000);
    await h.showAnswer(itemOf(calls(call({ city: `${huge}a` })), [call({ city: `${huge}b` })]));
    expect((await h.page.locator('test-answer').evaluate((e) => e.shadowRoot?.textContent?.length ?? 0))).toBeLessThan(60_000);
    expect(await h.page.locator('tr.changed ins').textContent()).toContain('b');
    const deep = (leaf: number): object => Array.from({ length: 100 }).reduce<object>((inner) => ({ k: inner }), { leaf });
    await h.showAnswer(itemOf(calls(call(deep(1) as never)), [call(deep(2) as never)]));
    expect(await h.page.locator('tr.argument.changed').count()).toBe(1);
    const twelve = Array.from({ length: 12 }, (_, i) => call({ city: `city ${i}`, days: i }));
    await h.showAnswer(itemOf(calls(...twelve), [...twelve].reverse()));
    expect(await h.page.locator('tbody.call').count()).toBe(12);
    expect(await h.page.locator('tr.argument:not(.same)').count()).toBe(0);
  });

  it.each([320, 1000])('fits into %i pixels without a horizontal scroll bar', async (width) => {
    const h = await open({ width });
    await h.showAnswer(rich());
    expect(await h.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    if (process.env['SHOTS']) await h.page.screenshot({ path: `${process.env['SHOTS']}/answer-${width}.png`, fullPage: true });
  });

  it.each(Object.keys(THEMES))('has no accessibility violation in %s', async (theme) => {
    const h = await open({ theme });
    await h.showAnswer(rich());
    expect(await h.violations()).toEqual([]);
    if (process.env['SHOTS']) await h.page.screenshot({ path: `${process.env['SHOTS']}/answer-${theme}.png`, fullPage: true });
  });
});
