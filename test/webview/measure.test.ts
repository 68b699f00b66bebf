import { afterEach, describe, expect, it } from 'vitest';
import { verifySettingsSchema } from '../../src/core/config/projectConfig.ts';
import type { Decision } from '../../src/core/review/decision.ts';
import { measure } from '../../src/core/review/measure/measure.ts';
import type { Measurement } from '../../src/core/review/measure/measurement.ts';
import { calibrationOf, decidedAll, evidenceOf, itemOf } from '../unit/review/measureBuilders.ts';
import { openHosted, violations, type ScenePage } from './support/scenePage.ts';
import { reviewItem, snapshot } from './support/scenes.ts';
import { THEMES } from './themes.ts';

let opened: ScenePage | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

/** The real figures of an invented review, with hostile names. */
function measurement(hits: number): Measurement {
  const labels = calibrationOf(100, { population: 412 });
  const predictions = { ...calibrationOf(60, { id: 'c2', verdict: 'PRED_WRONG', population: 903 }), pairs: Array.from({ length: 60 }, (_, n) => ({ sampleId: `smp_${1000 + n}`, labelHash: 'lbl_a', round: 1 })) };
  const items = [
    ...Array.from({ length: 412 }, (_, n) => itemOf(n, { tools: [n % 3 === 0 ? '<img src=x onerror="window.hacked = 1">' : 'get_forecast'], kinds: [n % 2 === 0 ? 'missing-argument' : 'name'] })),
    ...Array.from({ length: 903 }, (_, n) => itemOf(1000 + n, { verdict: 'PRED_WRONG' })),
    ...Array.from({ length: 77 }, (_, n) => itemOf(3000 + n, { verdict: 'NO_CONSENSUS', agreeing: 1 })),
  ];
  const timed = (d: Decision, n: number): Decision => ({ ...d, elapsedMs: 3000 + 40 * n });
  const first = decidedAll(labels, hits).map(timed);
  const second = first.slice(0, 24).map((d, n) => ({ ...d, id: `s${n}`, by: '\u202eeve', pass: 'second' as const, calibration: undefined, ruling: n === 3 ? ('unsure' as const) : d.ruling })) as readonly Decision[]; // an absent member is as good as an undefined one here
  const some = decidedAll(predictions, 0).slice(0, 31).map((d, n) => ({ ...d, ruling: n % 9 === 4 ? ('bothCorrect' as const) : d.ruling }));
  return measure({
    items,
    round: 1,
    state: { ...evidenceOf([calibrationOf(20, { id: 'c0' }), labels, predictions], [...first, ...second, ...some]), conflicts: new Set(['smp_3']) },
    simulated: new Set(['j']),
    next: { settings: verifySettingsSchema.parse({}), judge: { judge: 'j', promptVersion: 'p1', simulated: true } },
  });
}

async function show(figures: Measurement, width?: number): Promise<ScenePage> {
  const first = snapshot({ item: reviewItem() });
  opened = await openHosted((request) => (request.type === 'measure' ? { type: 'measurement', requestId: request.requestId, measurement: figures } : first), width === undefined ? {} : { width });
  await opened.page.keyboard.press('i');
  await opened.page.locator('.measure-view').waitFor();
  return opened;
}

const none = measure({ items: [], round: 1, state: { ...evidenceOf([], []), conflicts: new Set() } });

describe('the figures on the judge', () => {
  it('are tables with captions: precision with its interval, what is provisional, and the gate with its threshold', async () => {
    const { page, errors, loads } = await show(measurement(97));
    expect(await page.locator('.gate .state').first().innerText()).toMatch(/open[\s\S]*97 of 100[\s\S]*91\.5 %[\s\S]*90\.0 %/);
    const rows = page.locator('table.precision').first().locator('tbody tr');
    expect(await rows.allInnerTexts()).toEqual([expect.stringMatching(/100 of 100[\s\S]*97\.0 % \[91\.5 %, 99\.0 %\][\s\S]*complete/), expect.stringMatching(/31 of 60[\s\S]*provisional/)]);
    expect(await page.locator('table.confusion td.agrees').allInnerTexts()).toEqual([expect.stringContaining('28'), expect.stringContaining('97')]);
    expect(await page.locator('.measure-view table').evaluateAll((tables) => tables.filter((table) => table.querySelector('caption') === null).length)).toBe(0);
    expect(await page.locator('svg.interval .threshold').count()).toBeGreaterThan(0);
    expect(await page.locator('.measure-view [style]').count()).toBe(0);
    await page.locator('.measure-view summary').first().click();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect([errors, loads]).toEqual([[], []]);
  });

  it('say that the gate is closed, and that nothing is known where nothing was drawn', async () => {
    const { page } = await show(measurement(92));
    expect(await page.locator('.gate .state').first().innerText()).toMatch(/closed[\s\S]*92 of 100/);
    await opened?.close();
    const empty = await show(none);
    expect(await empty.page.locator('.measure-view').innerText()).toContain('nothing is known of how often the judge is right');
    expect(await empty.page.locator('looptool-draw-form p').innerText()).toContain('nothing to draw from');
  });

  it('draw a sample of the class and size that were chosen, once, with the width of its interval beside it', async () => {
    const { page, requests } = await show(measurement(97));
    const form = page.locator('looptool-draw-form');
    expect(await form.locator('select').inputValue()).toContain('LABEL_WRONG');
    await form.locator('input').fill('50');
    expect(await form.locator('#expected').innerText()).toMatch(/about \d+\.\d points wide[\s\S]*Too few for the gate[\s\S]*takes the place of the last one/);
    await form.locator('input').fill('0');
    expect(await form.locator('button').isDisabled()).toBe(true);
    await form.locator('input').fill('384');
    await form.locator('button').click();
    await expect.poll(() => requests.filter(({ type }) => type === 'startCalibration')).toEqual([expect.objectContaining({ verdict: 'LABEL_WRONG', judge: 'j', promptVersion: 'p1', size: 384 })]);
  });

  it('lead to the sample that is not decided to its end, to the disagreements, and back', async () => {
    const { page, requests } = await show(measurement(97));
    await page.locator('table.precision button').first().click();
    await expect.poll(() => requests.at(-1)).toMatchObject({ type: 'setMode', mode: { kind: 'calibration', id: 'c2' } });
    await page.keyboard.press('i');
    await page.getByRole('button', { name: 'Adjudicate' }).click();
    await expect.poll(() => requests.at(-1)).toMatchObject({ type: 'setMode', mode: { kind: 'adjudication' } });
    await page.keyboard.press('i');
    await page.locator('.measure-view .back').click();
    expect(await page.locator('.measure-view').count()).toBe(0);
  });

  it.each([1280, 420])('have no accessibility violation in any theme at %i pixels, and do not scroll sideways', async (width) => {
    for (const theme of Object.keys(THEMES)) {
      const { page } = await show(measurement(97), width);
      const values = Object.entries(THEMES[theme] ?? {});
      await page.evaluate((all) => all.forEach(([name, value]) => document.documentElement.style.setProperty(`--vscode-${name}`, value)), values);
      for (const summary of await page.locator('.measure-view summary').all()) await summary.click();
      if (process.env['SHOTS'] !== undefined) {
        await page.setViewportSize({ width, height: 2600 });
        await page.screenshot({ path: `${process.env['SHOTS']}/measure-${theme}-${width}.png` });
      }
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      await opened?.close();
    }
  });
});
