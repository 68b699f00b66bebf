import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { JsonNumber, type JsonValue } from '../../src/core/json/value.ts';
import { objectOf } from '../../src/core/json/parse.ts';
import type { ReviewItem } from '../../src/protocol/review/item.ts';
import type { ReviewSnapshot } from '../../src/protocol/review/messages.ts';
import { HOSTILE_TEXTS } from './hostileTexts.ts';
import { openHosted, type ScenePage } from './support/scenePage.ts';
import { bulkPreview, callLabel, callPrediction, facets, reviewItem, snapshot } from './support/scenes.ts';

let opened: ScenePage | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

/** The text in every place that takes text from outside. */
function hostileItem(text: string): ReviewItem {
  const named = (value: JsonValue): { name: string; arguments: { [key: string]: JsonValue } } => ({ name: text, arguments: objectOf([['city', value], [text, `${text} `]]) });
  const span = { message: 1, start: 0, end: Math.min(text.length, 50) };
  const decision = { id: 'd', at: text, by: text, ruling: 'keepLabel', pass: 'first', note: text, inForce: true } as const;
  return reviewItem({
    tools: [{ name: text, description: text, parameters: objectOf([['type', 'object'], ['properties', objectOf([[text, { type: 'string', description: text, enum: [text] }]])]]) }],
    messages: [{ role: 'system', content: text }, { role: 'user', content: text }, { role: 'assistant', content: text, calls: [named(text)] }, { role: 'tool', name: text, content: text }, { role: 'user', content: text }],
    label: callLabel(named(text)), prediction: callPrediction(named(`${text}x`)),
    occurrence: { file: text, record: 0, step: 0 }, origin: text, parents: [text], reply: text, raw: text,
    labelFindings: [{ rule: text, severity: 'error', message: text, call: 0, argument: text }], predictionFindings: [{ rule: text, severity: 'warning', message: text }],
    sources: [{ side: 'label', call: 0, path: [text], kind: 'said', value: text, ...span }],
    judgement: { verdict: 'LABEL_WRONG', agreeing: 1, simulated: true, replaced: true, refused: text, votes: [{ order: 'LP', verdict: text, judge: text, promptVersion: text, simulated: false, analysis: text, approach: text, error: text }] },
    value: { chance: 0.5, weight: 1, reason: text }, decisions: [decision],
  });
}

function hostileSnapshot(text: string, position: number): ReviewSnapshot {
  const facet = [{ value: text, count: 3 }];
  return snapshot({
    item: hostileItem(text), title: text, user: text, position, total: HOSTILE_TEXTS.length, warnings: [text], announcement: text,
    queues: [{ name: text.slice(0, 80), spec: { filter: { state: 'all', text: text.slice(0, 900) }, order: 'file' }, count: 1, undecided: 1 }],
    spec: { filter: { state: 'all', text: text.slice(0, 900) }, order: 'value' },
    facets: { ...facets, tools: facet, rules: facet, people: facet, origins: facet, kinds: facet, verdicts: facet },
  });
}

/** Elements that no part of the page makes itself, through all shadow roots; and attributes that run or load. */
async function strangers(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const visit = (root: ParentNode): void => {
      for (const e of root.querySelectorAll('*')) {
        if (e.shadowRoot && !e.matches('vscode-textfield')) visit(e.shadowRoot);
        if (e.matches('script:not([nonce]), iframe, object, embed, img, svg, math, a, base, link, template, form[action], meta:not(head meta), style:not([nonce])')) found.push(e.tagName);
        for (const { name, value } of e.attributes) if (/^on/i.test(name) || (name === 'style' && e !== document.body) || name === 'srcdoc' || (/^(href|src|action|data)$/i.test(name) && value !== '/review.js')) found.push(`${e.tagName} ${name}`);
      }
    };
    visit(document);
    return found;
  });
}

async function expectHarmless({ page, loads, errors }: ScenePage): Promise<void> {
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  expect(await strangers(page)).toEqual([]);
  expect(loads).toEqual([]);
  expect(errors).toEqual([]);
}

/** All that is shown or said, through all shadow roots. */
const shownText = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const visit = (root: ParentNode): string => [...root.querySelectorAll('*')].map((e) => `${[...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.nodeValue).join('')}${['title', 'aria-label', 'placeholder', 'label', 'alt'].map((name) => ` ${e.getAttribute(name) ?? ''}`).join('')}${e.shadowRoot ? visit(e.shadowRoot) : ''}`).join('\n');
    return visit(document.body);
  });

describe('hostile texts in every place', () => {
  it('run nothing, load nothing and show what would be unseen', async () => {
    expect(HOSTILE_TEXTS.length).toBeGreaterThanOrEqual(40);
    let at = 0;
    const now = (): ReviewSnapshot => hostileSnapshot(HOSTILE_TEXTS[at] ?? '', at);
    opened = await openHosted((request) => {
      if (request.type === 'move') at++;
      return now();
    });
    const { page } = opened;
    await page.locator('header h1', { hasText: `1 of ${HOSTILE_TEXTS.length}` }).waitFor();
    await page.keyboard.press('f');
    for (let i = 1; i <= HOSTILE_TEXTS.length; i++) {
      await page.locator('header h1', { hasText: `${i} of ${HOSTILE_TEXTS.length}` }).waitFor();
      expect(await shownText(page)).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u001b\u0007\u{e0041}]/u);
      await expectHarmless(opened);
      if (i < HOSTILE_TEXTS.length) await page.keyboard.press('ArrowRight');
    }
    expect(await page.evaluate(() => Object.hasOwn(Object.prototype, 'city'))).toBe(false);
  }, 300_000);

  it('do no harm in the raw view, in dialogs, in failures and in typed notes', async () => {
    for (const text of HOSTILE_TEXTS.filter((h) => h.length < 1000 && /[<[{]/.test(h)).slice(0, 16)) {
      opened = await openHosted((request) => {
        if (request.type === 'previewBulk') {
          const preview = bulkPreview(request.requestId);
          return { ...preview, left: [{ reason: text, count: 1 }], pairs: preview.pairs.map((p) => ({ ...p, request: text, label: callLabel({ name: text, arguments: { a: text } }), comparison: { equal: false, pairs: [0], differences: [{ kind: 'value', path: [0, text], expected: text, got: `${text}x`, severity: 'error', message: text }] } })) };
        }
        if (request.type === 'decide') return { type: 'confirm', requestId: request.requestId, problems: [text] };
        if (request.type === 'openSource') return { type: 'failure', requestId: request.requestId, message: text };
        return hostileSnapshot(text, 0);
      });
      const { page } = opened;
      await page.locator('footer').waitFor();
      await page.keyboard.press('r');
      await page.locator('.raw').waitFor();
      await page.keyboard.press('o');
      await page.locator('.failure').waitFor();
      await page.keyboard.press('m');
      await page.keyboard.insertText(text);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Shift+K');
      await page.locator('.samples').waitFor();
      await expectHarmless(opened);
      await page.keyboard.press('Escape');
      await page.keyboard.press('k');
      await page.locator('looptool-modal .store').waitFor();
      await expectHarmless(opened);
      await opened.close();
    }
    opened = undefined;
  }, 300_000);

  it('shows five megabytes of text and very deep JSON without choking', async () => {
    // With a number that must stay exact the message goes as text: objects this deep do not come through the debugger.
    let deep: JsonValue = new JsonNumber('5.0');
    for (let i = 0; i < 400; i++) deep = i % 2 === 0 ? [deep] : { inner: deep };
    const big = '<b>'.repeat(1_700_000);
    const item = reviewItem({
      messages: [{ role: 'user', content: big }], label: callLabel({ name: 'send', arguments: { text: big, deep } }), prediction: callPrediction({ name: 'send', arguments: { text: `${big}x`, deep: [deep] } }), reply: big, raw: big,
      judgement: { verdict: 'LABEL_WRONG', agreeing: 1, simulated: false, replaced: false, votes: [{ order: 'LP', verdict: 'LABEL_WRONG', judge: 'j', promptVersion: 'p', simulated: false, analysis: big, approach: '' }] },
    });
    opened = await openHosted(() => snapshot({ item }));
    await opened.page.locator('footer').waitFor();
    await opened.page.keyboard.press('r');
    await opened.page.locator('.raw').waitFor();
    await opened.page.keyboard.press('r');
    await opened.page.locator('.answer').waitFor();
    await expectHarmless(opened);
  }, 120_000);
});

describe('hostile messages', () => {
  it('of the wrong shape, and from another frame, change nothing', async () => {
    const good = snapshot({ item: reviewItem() });
    opened = await openHosted(() => good);
    const { page } = opened;
    await page.locator('header h1', { hasText: '3 of 60' }).waitFor();
    const forged = snapshot({ item: reviewItem(), position: 41, title: 'forged' });
    await page.evaluate((message) => {
      const { item, ...rest } = message as { item: Record<string, unknown> };
      const wrong = [null, 7, 'x', '{', '[]', { type: 'snapshot' }, { type: 'other' }, { ...rest, position: '41' }, { ...rest, item: { ...item, label: 'x' } }, { ...rest, item: { ...item, messages: [{ role: 'root', content: '' }] } }, JSON.stringify({ ...rest, total: null })];
      for (const m of wrong) window.postMessage(m, '*');
      // A frame of another origin: its sandbox gives it none. The policy of the page forbids frames that load, not this one.
      window.dispatchEvent(new MessageEvent('message', { data: message, origin: 'null' }));
      window.dispatchEvent(new MessageEvent('message', { data: message, origin: 'https://example.com' }));
    }, forged as unknown);
    await page.keyboard.press('?');
    await page.locator('looptool-modal button').first().waitFor();
    expect(await page.locator('header h1').textContent()).toBe('3 of 60');
    expect(opened.errors).toEqual([]);
    // The same message from the page's own host is taken: it was the frame that was wrong.
    await opened.push(forged);
    await page.locator('header h1', { hasText: '42 of 60' }).waitFor();
  });
});
