import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Label } from '../../src/core/dataset/sample.ts';
import { JsonNumber } from '../../src/core/json/value.ts';
import { call, closeBrowser, itemOf, openAnswers, type AnswerHarness } from './answerHarness.ts';
import { HOSTILE_TEXTS } from './hostileTexts.ts';
import { THEMES } from './themes.ts';

afterAll(closeBrowser);

let harness: AnswerHarness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const label: Label = { kind: 'calls', calls: [call({ city: 'Paris', days: new JsonNumber('5.0'), units: 'metric', place: { lat: 48, lon: 2 }, odd: null })] };
const predicted = [call({ city: 'Lyon', days: 3, units: 'metric', place: { lat: 45, lon: 2 } }), call({ city: 'Rome' })];

async function edit(mode: 'edit' | 'cherryPick', own: Label = label, options: Parameters<typeof openAnswers>[0] = {}): Promise<AnswerHarness> {
  harness = await openAnswers(options);
  await harness.showEditor(itemOf(own, predicted), mode);
  return harness;
}

const field = (h: AnswerHarness, name: string): ReturnType<AnswerHarness['page']['locator']> => h.page.getByLabel(name, { exact: true }).first();

describe('editing in place', () => {
  it('stores the label unchanged when nothing was done', async () => {
    const h = await edit('edit');
    await h.page.keyboard.press('Control+Enter');
    expect(await h.chosen()).toEqual([label]);
  });

  it('changes values by fields that fit them, numbers as they are written', async () => {
    const h = await edit('edit');
    await field(h, 'city').fill('Lyon');
    await field(h, 'days').fill('12345678901234567890');
    await field(h, 'units').selectOption({ label: '"imperial"' });
    await field(h, 'place.lat').fill('45.50');
    await h.page.keyboard.press('Control+Enter');
    expect(await h.chosen()).toEqual([{ kind: 'calls', calls: [call({ city: 'Lyon', days: new JsonNumber('12345678901234567890'), units: 'imperial', place: { lat: new JsonNumber('45.50'), lon: 2 }, odd: null })] }]);
  });

  it('says what breaks the schema, and stores it all the same', async () => {
    const h = await edit('edit');
    expect(await h.page.locator('.problems').textContent()).toContain('odd');
    await h.page.getByLabel('Remove odd').click();
    expect(await h.page.locator('.problems').textContent()).toContain('Fits the schema');
    await h.page.getByLabel('Remove city').click();
    expect(await h.page.locator('.problems').textContent()).toContain('city');
    await h.page.locator('.store').click();
    expect(await h.chosen()).toHaveLength(1);
  });

  it('does not store what is no number, and says so', async () => {
    const h = await edit('edit');
    await field(h, 'days').fill('five');
    expect(await h.page.locator('.field-error').textContent()).toContain('not a JSON number');
    expect(await h.page.locator('.store').isDisabled()).toBe(true);
    await h.page.keyboard.press('Control+Enter');
    expect(await h.chosen()).toEqual([]);
    await field(h, 'days').fill('5');
    expect(await h.page.locator('.store').isDisabled()).toBe(false);
  });

  it('offers the arguments that the schema has, and any other name', async () => {
    const h = await edit('edit', { kind: 'calls', calls: [call({})] });
    await h.page.locator('button.add', { hasText: 'city' }).click();
    await h.page.locator('button.add', { hasText: 'tags' }).click();
    await h.page.getByRole('button', { name: 'Add an item' }).click();
    await h.page.getByLabel('tags[0]', { exact: true }).fill('x');
    await h.page.getByLabel('Another name').first().fill('mood');
    await h.page.keyboard.press('Enter');
    await h.page.keyboard.press('Control+Enter');
    expect(await h.chosen()).toEqual([{ kind: 'calls', calls: [call({ city: '', tags: ['x'], mood: '' })] }]);
  });

  it('adds, doubles, moves and removes calls', async () => {
    const h = await edit('edit');
    await h.page.getByRole('button', { name: 'Add a call' }).first().click();
    await h.page.getByRole('button', { name: 'Call 2: move up' }).click();
    await h.page.getByRole('button', { name: 'Call 1: duplicate' }).click();
    await h.page.getByRole('button', { name: 'Call 3: remove' }).click();
    await h.page.keyboard.press('Control+Enter');
    expect(await h.chosen()).toEqual([{ kind: 'calls', calls: [call({ city: '' }), call({ city: '' })] }]);
  });

  it('starts from the prediction, takes alternatives, and other kinds of answers', async () => {
    const h = await edit('edit');
    await h.page.getByRole('button', { name: 'the prediction', exact: true }).click();
    await h.page.locator('details.alternatives summary').click();
    await h.page.getByRole('button', { name: 'Add the calls above' }).click();
    await h.page.keyboard.press('Control+Enter');
    await h.page.locator('.kind-of').selectOption({ label: 'a text' });
    await h.page.getByLabel('Text of the answer').fill('Which city?');
    await h.page.locator('.text select').selectOption({ label: 'asks back' });
    await h.page.locator('.text input').fill('city');
    await h.page.keyboard.press('Control+Enter');
    expect(await h.chosen()).toEqual([{ kind: 'calls', calls: predicted, alternatives: [predicted] }, { kind: 'text', text: 'Which city?', textKind: { kind: 'ask', argument: 'city' } }]);
  });

  it('edits the values of possible answers', async () => {
    const h = await edit('edit', { kind: 'calls', calls: [call({ city: 'Paris' })], possible: [call({ city: ['Paris', 'paris'] })] });
    await h.page.locator('.accepted textarea').fill('["Lyon", "lyon"]');
    await h.page.keyboard.press('Control+Enter');
    expect(await h.chosen()).toEqual([{ kind: 'calls', calls: [call({ city: 'Lyon' })], possible: [call({ city: ['Lyon', 'lyon'] })] }]);
  });

  it('leaves by Escape, and lets no key out', async () => {
    const h = await edit('edit');
    await h.page.keyboard.type('pk');
    await h.page.keyboard.press('Escape');
    expect(await h.chosen()).toEqual(['cancelled']);
    expect(await h.page.evaluate('window.pageKeys')).toBe(0);
  });
});

describe('editing as JSON', () => {
  async function json(own: Label = label): Promise<AnswerHarness> {
    const h = await edit('edit', own);
    await h.page.getByRole('button', { name: 'JSON', exact: true }).click();
    return h;
  }

  it('keeps the content between the views', async () => {
    const h = await edit('edit');
    await field(h, 'city').fill('Nice');
    await h.page.getByRole('button', { name: 'JSON', exact: true }).click();
    const area = h.page.locator('textarea.whole');
    expect(await area.inputValue()).toContain('"Nice"');
    expect(await area.inputValue()).toContain('5.0');
    await area.fill((await area.inputValue()).replace('Nice', 'Brest'));
    await h.page.getByRole('button', { name: 'Form', exact: true }).click();
    expect(await field(h, 'city').inputValue()).toBe('Brest');
    await h.page.keyboard.press('Control+Enter');
    expect(await h.chosen()).toMatchObject([{ calls: [{ arguments: { city: 'Brest', days: new JsonNumber('5.0') } }] }]);
  });

  it('says line and column of what is no label, and does not store it', async () => {
    const h = await json();
    await h.page.locator('textarea.whole').fill('{\n  "kind": "calls",\n  oops\n}');
    expect(await h.page.locator('.field-error').textContent()).toContain('Line 3, column 3');
    expect(await h.page.locator('.store').isDisabled()).toBe(true);
    expect(await h.page.getByRole('button', { name: 'Form', exact: true }).isDisabled()).toBe(true);
  });

  it('suggests arguments and their values by the keyboard', async () => {
    const h = await json();
    const area = h.page.locator('textarea.whole');
    await area.fill('');
    await area.pressSequentially('{"kind": "calls", "calls": [{"name": "get_weather", "arguments": {"ci');
    expect(await h.page.locator('.suggestions li').allTextContents()).toHaveLength(1);
    await h.page.keyboard.press('Enter');
    await area.pressSequentially('"Paris", "units": ');
    await h.page.keyboard.press('ArrowDown');
    await h.page.keyboard.press('Tab');
    await area.pressSequentially('}}]}');
    await h.page.keyboard.press('Control+Enter');
    expect(await h.chosen()).toEqual([{ kind: 'calls', calls: [call({ city: 'Paris', units: 'imperial' })] }]);
  });

  it('closes the suggestions by the first Escape and leaves by the second', async () => {
    const h = await json();
    await h.page.locator('textarea.whole').fill('{"k');
    await h.page.locator('.suggestions li').first().waitFor();
    await h.page.keyboard.press('Escape');
    expect(await h.chosen()).toEqual([]);
    await h.page.keyboard.press('Escape');
    expect(await h.chosen()).toEqual(['cancelled']);
  });
});

describe('picking from the prediction', () => {
  it('takes arguments by arrow keys and space, and shows what comes of it', async () => {
    const h = await edit('cherryPick');
    expect(await h.page.locator('.picks li').count()).toBe(5);
    expect(await h.page.locator('.store').isDisabled()).toBe(true);
    await h.page.keyboard.press('Space');
    await h.page.keyboard.press('ArrowDown');
    await h.page.keyboard.press('ArrowDown');
    await h.page.keyboard.press('Space');
    expect(await h.page.locator('.picks li[aria-selected="true"]').allTextContents()).toHaveLength(2);
    expect(await h.page.locator('.preview').textContent()).toContain('"Lyon"');
    await h.page.keyboard.press('Enter');
    expect(await h.chosen()).toEqual([{ kind: 'calls', calls: [call({ city: 'Lyon', days: new JsonNumber('5.0'), units: 'metric', place: { lat: 45, lon: 2 }, odd: null })] }]);
  });

  it('takes everything, and checks the result against the schema', async () => {
    const h = await edit('cherryPick');
    expect(await h.page.locator('.problems').textContent()).toContain('odd');
    await h.page.getByRole('button', { name: 'Take all' }).click();
    expect(await h.page.locator('.problems').textContent()).toContain('Fits the schema');
    await h.page.locator('.store').click();
    expect(await h.chosen()).toEqual([{ kind: 'calls', calls: predicted }]);
  });

  it('takes by the mouse, gives back, and leaves by Escape', async () => {
    const h = await edit('cherryPick');
    const first = h.page.locator('.picks li').first();
    await first.click();
    expect(await first.getAttribute('aria-selected')).toBe('true');
    await first.click();
    expect(await first.getAttribute('aria-selected')).toBe('false');
    await h.page.keyboard.press('Enter');
    await h.page.keyboard.press('Escape');
    expect(await h.chosen()).toEqual(['cancelled']);
  });
});

describe('the label editor', () => {
  it('keeps what is being done when the host says the same pair again, and begins anew with another one', async () => {
    const again = "(() => { const e = document.querySelector('looptool-label-editor'); e.item = { ...e.item, similar: 3 }; return e.updateComplete.then(() => true); })()";
    const h = await edit('edit');
    await field(h, 'city').fill('Nice');
    await h.page.evaluate(again);
    expect(await field(h, 'city').inputValue()).toBe('Nice');
    await h.page.evaluate("(() => { const e = document.querySelector('looptool-label-editor'); e.item = { ...e.item, labelHash: 'other' }; return e.updateComplete.then(() => true); })()");
    expect(await field(h, 'city').inputValue()).toBe('Paris');
    await h.showEditor(itemOf(label, predicted), 'cherryPick');
    await h.page.keyboard.press('Space');
    await h.page.evaluate(again);
    expect(await h.page.locator('.picks li[aria-selected="true"]').count()).toBe(1);
  });

  it('shows hostile text as text', async () => {
    harness = await openAnswers();
    for (const text of HOSTILE_TEXTS) {
      const tool = { name: text, description: text, parameters: { type: 'object', properties: { [text]: { type: 'string', enum: [text, 'x'], description: text } } } };
      const item = itemOf({ kind: 'calls', calls: [call({ [text]: text, other: [text] }, text)] }, [call({ [text]: 'x', [`${text}2`]: text }, text)], { tools: [tool] });
      for (const mode of ['edit', 'cherryPick'] as const) {
        await harness.showEditor(item, mode);
        expect(await harness.page.locator('looptool-label-editor').evaluate((e) => e.shadowRoot?.querySelectorAll('script, iframe, img, svg, a, base, style, link, template, math').length)).toBe(0);
      }
    }
    expect(await harness.page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it.each(Object.keys(THEMES).flatMap((theme) => (['edit', 'json', 'cherryPick'] as const).map((view) => [theme, view] as const)))('has no accessibility violation in %s, %s', async (theme, view) => {
    const h = await edit(view === 'cherryPick' ? view : 'edit', label, { theme });
    if (view === 'json') {
      await h.page.getByRole('button', { name: 'JSON', exact: true }).click();
      await h.page.locator('textarea.whole').fill('{"kind": "calls", "calls": [{"name": "get_weather", "arguments": {"');
      await h.page.locator('.suggestions li').first().waitFor();
    }
    if (view === 'cherryPick') await h.page.keyboard.press('Space');
    if (view === 'edit') await field(h, 'days').fill('x');
    if (process.env['SHOTS']) await h.page.screenshot({ path: `${process.env['SHOTS']}/editor-${view}-${theme}.png`, fullPage: true });
    expect(await h.violations()).toEqual([]);
  });

  it('fits into a narrow column', async () => {
    for (const mode of ['edit', 'cherryPick'] as const) {
      const h = await edit(mode, label, { width: 320 });
      expect(await h.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      if (process.env['SHOTS']) await h.page.screenshot({ path: `${process.env['SHOTS']}/editor-${mode}-320.png`, fullPage: true });
      await h.close();
    }
    harness = undefined;
  });
});
