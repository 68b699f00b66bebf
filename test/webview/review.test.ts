import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { HOSTILE_TEXTS } from './hostileTexts.ts';
import { mismatch, openReview, type CaseOptions, type Harness } from './reviewHarness.ts';
import { THEMES } from './themes.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

async function review(cases: readonly CaseOptions[], options: Parameters<typeof openReview>[1] = {}): Promise<Harness> {
  harness = await openReview(cases.map((c, i) => mismatch(i, c)), options);
  return harness;
}

const heading = (h: Harness): Promise<string | null> => h.page.locator('header h1').textContent();

describe('the review page', () => {
  it('shows label and prediction side by side with the differing argument marked', async () => {
    const h = await review([{ city: 'paris', predicted: 'lyon' }]);
    const changed = h.page.locator('tr.changed', { hasText: 'city' });
    expect(await changed.locator('td.label').textContent()).toContain('"paris"');
    expect(await changed.locator('td.prediction').textContent()).toContain('"lyon"');
    expect(await h.page.locator('tr.same', { hasText: 'day' }).count()).toBe(1);
    expect(await h.page.locator('.judge').textContent()).toContain('LABEL_WRONG');
    expect(await h.page.locator('header .simulated').count()).toBe(1);
  });

  it('stores a decision by one key before the next sample shows', async () => {
    const h = await review([{}, {}]);
    await h.page.keyboard.press('p');
    await h.page.locator('header h1', { hasText: '2 of 2' }).waitFor();
    expect(h.log).toHaveLength(1);
    expect(h.log[0]).toMatchObject({ op: 'decide', ruling: 'takePrediction' });
    expect(h.log[0]?.op === 'decide' ? h.log[0].label?.kind : '').toBe('calls');
  });

  it('takes a decision back and shows its sample again', async () => {
    const h = await review([{}, {}]);
    const first = await h.page.locator('tr.changed td.label').first().textContent();
    await h.page.keyboard.press('k');
    await h.page.locator('header h1', { hasText: '2 of 2' }).waitFor();
    await h.page.keyboard.press('u');
    await h.page.locator('header h1', { hasText: '1 of 2' }).waitFor();
    expect(await h.page.locator('tr.changed td.label').first().textContent()).toBe(first);
    expect(h.log.map((o) => o.op)).toEqual(['decide', 'undo']);
  });

  it('reaches the end, says what is undecided and offers to apply', async () => {
    const h = await review([{}, {}]);
    await h.page.keyboard.press('p');
    await h.page.locator('header h1', { hasText: '2 of 2' }).waitFor();
    await h.page.keyboard.press('ArrowRight');
    await h.page.locator('.empty').waitFor();
    expect(await h.page.locator('.empty').textContent()).toContain('1 without a decision');
    await h.page.locator('.empty button', { hasText: 'Apply 1 correction' }).click();
    await h.page.locator('.notice', { hasText: '1 applied.' }).waitFor();
  });

  it('does not let an incomplete prediction become a label', async () => {
    const h = await review([{ prediction: { kind: 'TRUNCATED', calls: [], text: '', warnings: ['cut off'] } }]);
    await h.page.keyboard.press('p');
    await h.page.locator('.failure', { hasText: 'no complete answer' }).waitFor();
    expect(h.log).toHaveLength(0);
    expect(await h.page.locator('footer button', { hasText: 'Take prediction' }).isDisabled()).toBe(true);
  });

  it('shows decisions of an earlier day and lets them be undone', async () => {
    const { row } = mismatch(0);
    const h = await review([{}], { log: [{ v: 1, op: 'decide', id: 'old', at: '2025-12-31T00:00:00Z', by: 'someone', sampleId: row.id, labelHash: row.labelHash, ruling: 'keepLabel' }] });
    expect(await h.page.locator('.empty').count()).toBe(1);
    await h.page.keyboard.press('u');
    await h.page.locator('tr.changed').first().waitFor();
    expect(h.log.at(-1)).toMatchObject({ op: 'undo', target: 'old' });
  });

  it('ignores messages that do not fit the protocol', async () => {
    const h = await review([{}]);
    const before = await heading(h);
    await h.page.evaluate(() => {
      for (const m of [null, 7, 'x', { type: 'snapshot' }, { type: 'snapshot', round: '<b>', position: 0, total: 9, undecided: 9, canUndo: true, toApply: 0 }]) window.postMessage(m, '*');
    });
    await h.page.keyboard.press('?');
    await h.page.locator('section[aria-label="Keys"]').waitFor();
    expect(await heading(h)).toBe(before);
  });

  it('opens a schema by the keyboard and decides nothing by it', async () => {
    const h = await review([{}, {}]);
    await h.page.locator('summary').first().focus();
    for (const key of ['Enter', 'Space']) {
      await h.page.keyboard.press(key);
      await h.page.waitForFunction((open) => document.querySelector('looptool-review')?.shadowRoot?.querySelector('details')?.open === open, key === 'Enter');
    }
    expect(await heading(h)).toContain('1 of 2');
    expect(h.log).toEqual([]);
  });

  it.each(['light-modern', 'high-contrast-light'])('writes the keys on its buttons in the colours of the buttons (%s)', async (theme) => {
    const h = await review([{}], { theme });
    const colours = await h.page.locator('footer button').evaluateAll((buttons) => buttons.map((b) => [getComputedStyle(b).color, ...[...b.querySelectorAll('kbd')].map((k) => getComputedStyle(k).color)]));
    expect(colours.length).toBeGreaterThan(5);
    expect(colours.filter((c) => new Set(c).size !== 1)).toEqual([]);
  });

  it('says what it can when nothing mismatches', async () => {
    const h = await review([]);
    expect(await heading(h)).toContain('no mismatch');
    expect(await h.page.locator('.empty').textContent()).toContain('Nothing to review in this round');
    await h.page.keyboard.press('p');
    expect(h.log).toEqual([]);
  });

  it('shows hostile text as text, wherever it stands', async () => {
    const h = await review(HOSTILE_TEXTS.map((t) => ({ city: t, predicted: `${t} `, request: t, toolName: t, analysis: t })));
    const requests: string[] = [];
    h.page.on('request', (r) => requests.push(r.url()));
    for (let i = 1; i <= HOSTILE_TEXTS.length; i++) {
      await h.page.locator('header h1', { hasText: `${i} of ${HOSTILE_TEXTS.length}` }).waitFor();
      expect(await h.page.locator('looptool-review').evaluate((e) => e.shadowRoot?.querySelectorAll('script, iframe, img, svg, a, base, style:not([nonce]), link').length)).toBe(0);
      await h.page.keyboard.press('ArrowRight');
    }
    expect(await h.page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(requests).toEqual([]);
  });

  it('writes direction overrides and invisible characters out', async () => {
    const h = await review([{ city: '\u202eabc', predicted: 'a\u200bbc' }]);
    const row = h.page.locator('tr.changed', { hasText: 'city' });
    expect(await row.locator('td.label').textContent()).toContain('‹U+202E›');
    expect(await row.locator('td.prediction').textContent()).toContain('‹U+200B›');
  });

  it('stacks in a narrow column without a horizontal scroll bar', async () => {
    const h = await review([{}], { width: 360 });
    expect(await h.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });

  it.each(Object.keys(THEMES))('has no accessibility violation in %s', async (theme) => {
    const h = await review([{}], { theme });
    await h.page.keyboard.press('?');
    // The page's policy forbids foreign scripts; the checker is injected through the debugger instead.
    await h.page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const violations = await h.page.evaluate(async () => {
      // axe defines itself on the window when its source is evaluated.
      const axe = (window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe;
      return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`);
    });
    expect(violations).toEqual([]);
  });
});
