import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { JsonNumber } from '../../src/core/json/value.ts';
import type { ReviewRequest } from '../../src/protocol/review/messages.ts';
import { openHosted, openScene, type ScenePage } from './support/scenePage.ts';
import { callLabel, callPrediction, reviewItem, snapshot } from './support/scenes.ts';

let opened: ScenePage | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

/** The focused element, through shadow roots, by what one can tell it from. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let e = document.activeElement;
    while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
    return `${e?.tagName.toLowerCase() ?? ''}.${e?.className ?? ''}`;
  });

const decided = (requests: readonly ReviewRequest[]): string[] => requests.flatMap((r) => (r.type === 'decide' ? [r.ruling] : []));

describe('keys of the page', () => {
  it('stay text in a field, and do nothing with a modifier', async () => {
    opened = await openScene('ordinary');
    const { page, requests } = opened;
    await page.keyboard.press('m');
    await page.keyboard.type('kpbwd?');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Alt+p');
    await page.keyboard.press('Meta+b');
    await page.keyboard.press('/');
    await page.keyboard.type('kp');
    expect(await page.locator('.note textarea').inputValue()).toBe('kpbwd?');
    expect(decided(requests)).toEqual([]);
    expect(await page.locator('looptool-modal').count()).toBe(0);
  });

  it('choose in a select, and open a schema, without deciding', async () => {
    opened = await openScene('ordinary');
    const { page, requests } = opened;
    await page.locator('select.order').focus();
    await page.keyboard.press('p');
    await page.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('details[open]').first().waitFor();
    expect(decided(requests)).toEqual([]);
  });

  it('work by every way to the same end: key, button, button by keyboard', async () => {
    opened = await openScene('ordinary');
    const { page, requests } = opened;
    await page.keyboard.press('q');
    await page.locator('footer button', { hasText: 'Drop sample' }).click();
    await page.locator('footer button', { hasText: 'Both wrong' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => decided(requests)).toEqual(['unsure', 'drop', 'bothWrong']);
  });
});

describe('dialogs', () => {
  it('keep the focus, leave by Escape and give it back', async () => {
    opened = await openScene('bulk');
    const { page } = opened;
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab');
      seen.add(await focused(page));
    }
    expect([...seen].sort()).toEqual(['button.', 'button.close', 'button.primary apply', 'select.ruling']);
    await page.keyboard.press('Shift+Tab');
    expect([...seen]).toContain(await focused(page));
    await page.keyboard.press('Escape');
    await page.locator('looptool-modal').waitFor({ state: 'detached' });
    expect(await focused(page)).toContain('column both');
  });

  it('have the keys to themselves', async () => {
    opened = await openScene('help');
    await opened.page.keyboard.press('k');
    await opened.page.keyboard.press('Escape');
    await opened.page.locator('looptool-modal').waitFor({ state: 'detached' });
    expect(decided(opened.requests)).toEqual([]);
    await opened.page.keyboard.press('k');
    await expect.poll(() => decided(opened?.requests ?? [])).toEqual(['keepLabel']);
  });

  it('ask once more before a label is stored that breaks its schema', async () => {
    opened = await openScene('confirm');
    const { page, requests } = opened;
    expect(await page.locator('looptool-modal').textContent()).toContain('“country” is not in the schema');
    await page.keyboard.press('Enter');
    await page.locator('looptool-modal').waitFor({ state: 'detached' });
    expect(requests.filter((r) => r.type === 'decide' && r.confirmed)).toEqual([]);
    await page.keyboard.press('p');
    await page.locator('looptool-modal .store').click();
    await page.locator('looptool-modal').waitFor({ state: 'detached' });
    expect(requests.at(-1)).toMatchObject({ type: 'decide', ruling: 'takePrediction', confirmed: true });
  });

  it('list every key in the cheat sheet', async () => {
    opened = await openScene('help');
    expect(await opened.page.locator('.sheet kbd').allTextContents()).toEqual(expect.arrayContaining(['K', 'P', 'B', 'W', 'E', 'C', 'D', 'Q', 'S', 'N', 'U', 'Y', 'T', '/', '?', '⇧B']));
  });
});

describe('a calibration', () => {
  it('shows the sides shuffled, without names, and means left and right', async () => {
    opened = await openScene('calibration');
    const { page, requests } = opened;
    const head = page.locator('.answer thead');
    expect(await head.textContent()).toMatch(/Side A.*Side B/);
    expect(await page.locator('.answer').textContent()).not.toMatch(/Label|Prediction/);
    // The prediction, Lyon, stands on the left: the left key takes it.
    await page.keyboard.press('k');
    await expect.poll(() => decided(requests)).toEqual(['takePrediction']);
    // Not before the first one is answered.
    await expect.poll(async () => { await page.keyboard.press('p'); return decided(requests).at(-1); }).toBe('keepLabel');
  });

  it('says nothing of the judge, opens no file and lets nothing else be decided', async () => {
    opened = await openScene('calibration');
    const { page, requests } = opened;
    expect(await page.locator('.judge').textContent()).not.toMatch(/LABEL_WRONG|label is wrong/);
    for (const key of ['o', 'e', 'c', 'Shift+P']) {
      await page.keyboard.press(key);
      await page.locator('.failure').waitFor();
      await page.locator('.failure .dismiss').click();
    }
    expect(requests).toEqual([]);
  });

  it('shows no raw text that would give a side away', async () => {
    opened = await openScene('calibration');
    await opened.page.keyboard.press('r');
    await opened.page.locator('.raw').waitFor();
    expect(await opened.page.locator('.raw').textContent()).not.toContain('tool_call');
  });
});

describe('where arguments come from', () => {
  it('is marked in the conversation and found from either side', async () => {
    opened = await openScene('ordinary');
    const { page } = opened;
    const lyon = page.locator('mark', { hasText: 'Lyon' });
    expect(await lyon.getAttribute('class')).toContain('right');
    expect(await lyon.textContent()).toContain('(Prediction city)');
    const button = page.locator('.answer button.source[data-side=prediction]').first();
    await button.focus();
    await page.locator('mark.active', { hasText: 'Lyon' }).waitFor();
    expect(await page.locator('mark.active').count()).toBe(1);
    await lyon.focus();
    await page.keyboard.press('Enter');
    expect(await focused(page)).toContain('source');
  });

  it('is opened in a turn that is too long to be shown whole', async () => {
    const content = `${'word '.repeat(1_000)}Lyon at last`;
    const start = content.indexOf('Lyon');
    opened = await openHosted(() => snapshot({ item: reviewItem({ messages: [{ role: 'user', content }], sources: [{ side: 'prediction', call: 0, path: ['city'], kind: 'said', value: 'Lyon', message: 0, start, end: start + 4 }] }) }));
    const { page } = opened;
    await page.locator('footer').waitFor();
    expect(await page.locator('mark').count()).toBe(0);
    await page.locator('.answer button.source').first().click();
    await page.locator('mark.active', { hasText: 'Lyon' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollTop)).toBe(0);
  });
});

describe('what is typed and what is exact', () => {
  it('outlives the page: a note is there again when the panel is shown again', async () => {
    const item = reviewItem();
    opened = await openHosted(() => snapshot({ item }), { state: { notes: [[item.sampleId, 'half a thought']] } });
    expect(await opened.page.locator('.note textarea').inputValue()).toBe('half a thought');
  });

  it('is not believed when the kept state is none of ours', async () => {
    opened = await openHosted(() => snapshot({ item: reviewItem() }), { state: { notes: [['x'], 7, { a: 1 }] } });
    expect(await opened.page.locator('.note textarea').inputValue()).toBe('');
    expect(opened.errors).toEqual([]);
  });

  it('shows 5.0 and 5 as different numbers', async () => {
    const call = (n: number | JsonNumber) => ({ name: 'get_forecast', arguments: { city: 'Lyon', days: n } });
    opened = await openHosted(() => snapshot({ item: reviewItem({ label: callLabel(call(5)), prediction: callPrediction(call(new JsonNumber('5.0'))), sources: [] }) }));
    const row = opened.page.locator('.answer tr.argument', { hasText: 'days' }).first();
    await row.waitFor();
    expect(await row.textContent()).toContain('55.0');
  });
});

describe('what goes on while one looks', () => {
  it('moves nothing and is not read out: the time goes on at one width', async () => {
    opened = await openScene('ordinary');
    const { page } = opened;
    const clock = page.locator('looptool-clock');
    const before = await clock.boundingBox();
    const first = await clock.locator('span').textContent();
    await expect.poll(async () => clock.locator('span').textContent(), { timeout: 10_000 }).not.toBe(first);
    expect(await clock.boundingBox()).toEqual(before);
    expect(await clock.locator('span').getAttribute('aria-live')).toBe('off');
  });

  it('is said: a verdict that changes under one’s eyes', async () => {
    const item = reviewItem();
    opened = await openHosted(() => snapshot({ item }));
    await opened.page.locator('footer').waitFor();
    const { judgement } = item;
    if (judgement) await opened.push(snapshot({ item: { ...item, judgement: { ...judgement, verdict: 'PRED_WRONG' } } }));
    await opened.page.locator('.said', { hasText: 'Judge: the prediction is wrong.' }).waitFor({ state: 'attached' });
  });

  it('speaks the language of the editor', async () => {
    opened = await openScene('ordinary', { words: { 'Keep label': '레이블 유지', '{0} of {1}': '{1} 중 {0}' }, language: 'ko' });
    expect(await opened.page.locator('footer button').first().textContent()).toContain('레이블 유지');
    expect(await opened.page.locator('header h1').textContent()).toBe('60 중 3');
  });
});

describe('a host that does not answer', () => {
  it('is said to be silent, with a way to try again', async () => {
    let alive = false;
    opened = await openHosted(() => (alive ? snapshot({ item: reviewItem() }) : undefined), { onPage: (page) => page.clock.install() });
    const { page } = opened;
    await page.locator('.loading').waitFor();
    await page.clock.fastForward(31_000);
    await page.locator('.failure[role=alert]', { hasText: 'does not answer' }).waitFor();
    alive = true;
    await page.locator('.failure .retry').click();
    await page.locator('header h1', { hasText: '3 of 60' }).waitFor();
    expect(await page.locator('.failure').count()).toBe(0);
  });

  it('does not lose the pair that is shown, nor the keys', async () => {
    let alive = true;
    opened = await openHosted(() => (alive ? snapshot({ item: reviewItem() }) : undefined), { onPage: (page) => page.clock.install() });
    const { page, requests } = opened;
    await page.locator('footer').waitFor();
    alive = false;
    await page.keyboard.press('k');
    await expect.poll(() => decided(requests)).toEqual(['keepLabel']);
    await page.clock.fastForward(31_000);
    await page.locator('.failure .retry').waitFor();
    alive = true;
    await page.keyboard.press('k');
    await page.locator('.failure').waitFor({ state: 'detached' });
    expect(decided(requests)).toEqual(['keepLabel', 'keepLabel']);
  });
});

describe('other views', () => {
  it('have the keys: neither key nor button decides while a label is edited', async () => {
    opened = await openScene('edit');
    const { page, requests } = opened;
    expect(await page.locator('footer button', { hasText: 'Keep label' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await page.locator('looptool-label-editor').waitFor({ state: 'detached' });
    expect(await page.locator('footer button', { hasText: 'Keep label' }).isDisabled()).toBe(false);
    expect(decided(requests)).toEqual([]);
    await page.keyboard.press('k');
    await expect.poll(() => decided(requests)).toEqual(['keepLabel']);
  });

  it('store what was picked from the prediction', async () => {
    opened = await openScene('cherryPick');
    const { page, requests } = opened;
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await page.locator('looptool-label-editor').waitFor({ state: 'detached' });
    expect(requests.at(-1)).toMatchObject({ type: 'edit', way: 'cherryPick', label: { kind: 'calls', calls: [{ name: 'get_forecast', arguments: { city: 'Lyon', days: 3, units: 'metric' } }] } });
  });

  it('show the figures on the judge, and lead back', async () => {
    opened = await openScene('measure');
    const { page, requests } = opened;
    await page.keyboard.press('k');
    await page.keyboard.press('Escape');
    await page.locator('.measure-view').waitFor({ state: 'detached' });
    expect(decided(requests)).toEqual([]);
    expect(await focused(page)).toContain('column both');
  });
});

describe('room', () => {
  it('goes to the last request of a long conversation', async () => {
    const messages = Array.from({ length: 40 }, (_, i) => ({ role: 'user' as const, content: `turn ${i}` }));
    opened = await openHosted(() => snapshot({ item: reviewItem({ messages }) }));
    const last = opened.page.locator('looptool-conversation li').last();
    await last.waitFor();
    await expect.poll(async () => ((await last.boundingBox())?.y ?? Infinity) < 720).toBe(true);
    expect(await opened.page.evaluate(() => document.documentElement.scrollTop)).toBe(0);
  });

  it.each([[320, 900, 1], [640, 400, 1], [1280, 800, 2], [1280, 1024, 4]])('is used without a sideways scroll bar at %i × %i, zoom %i', async (width, height, scale) => {
    opened = await openScene('ordinary', { width, height, scale });
    expect(await opened.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    const row = await opened.page.locator('.answer tr.argument').first().boundingBox();
    if (scale <= 2) expect(row?.y ?? Infinity).toBeLessThan(height / scale);
    expect(row?.width ?? Infinity).toBeLessThanOrEqual(width / scale);
  });

  it('tells differences by more than colour', async () => {
    opened = await openScene('ordinary', { theme: 'high-contrast' });
    const row = opened.page.locator('.answer tr.argument.changed').first();
    expect(await row.locator('.mark').textContent()).toBe('≠');
    const styles = await opened.page.locator('mark').evaluateAll((marks) => marks.map((m) => getComputedStyle(m).textDecorationStyle));
    expect(new Set(styles).size).toBe(3);
  });
});
