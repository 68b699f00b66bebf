import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { prepareRoundReview } from '../../src/app/review/roundSource.ts';
import { writeReviewRound } from '../builders/reviewRound.ts';
import { startHost, type HostProcess } from '../webview/support/hostProcess.ts';
import { openPage, type PageChannel } from '../webview/support/pageServer.ts';
import type { BenchRow } from './row.ts';

const megabyte = 1 << 20;
const decisions = 300;
const filterChanges = 12;

/**
 * The review of a round with 50,000 mismatches on the disk: the built page in Chromium, the session and the decisions file
 * (each decision fsynced) in a process of their own. Times are taken in the page: up to the second animation frame after the
 * page shows what was asked for, which is a frame (16.7 ms at 60 Hz) after it was painted.
 */
export async function rows(): Promise<BenchRow[]> {
  const count = Number(process.env['LOOPTOOL_BENCH_MISMATCHES'] ?? 50_000);
  const directory = mkdtempSync(join(tmpdir(), 'looptool-bench-review-'));
  try {
    writeReviewRound(directory, count);
    const cold = await firstOpening(directory);
    await prepareRoundReview(directory, 1, new AbortController().signal);
    const what = `${count.toLocaleString('en')} mismatches (load ${loadavg()[0]?.toFixed(1)})`;
    return [...(await measure(directory)), cold].map((row) => ({ ...row, name: `review ${row.name}, ${what}` }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Without the cache that the job leaves which judges the pairs: a part of the pairs is there first, the others follow. */
async function firstOpening(directory: string): Promise<BenchRow> {
  const opened: { host?: HostProcess; channel?: PageChannel } = {};
  try {
    const host = (opened.host = await startHost(directory));
    await host.memory();
    opened.channel = await openPage('review.js', 'looptool-review', async (message) => host.relay(message), { onPage: watchPage });
    return { name: 'opening without a cache', value: Math.round(await opened.channel.page.evaluate(async () => window.bench.opened)), unit: 'ms', better: 'lower', peer: { name: 'of it in the host', value: Math.round(host.tookMs[0] ?? 0) } };
  } finally {
    await opened.channel?.close();
    await opened.host?.kill();
  }
}

async function measure(directory: string): Promise<BenchRow[]> {
  const opened: { host?: HostProcess; channel?: PageChannel } = {};
  try {
    // The extension's process runs already when somebody opens a review.
    const host = (opened.host = await startHost(directory));
    await host.memory();
    const channel = (opened.channel = await openPage('review.js', 'looptool-review', async (message) => host.relay(message), { onPage: watchPage }));
    const { page } = channel;
    const openMs = await page.evaluate(async () => window.bench.opened);
    const client = await page.context().newCDPSession(page);
    const afterOpening = await heaps(client, host);
    const keys = await decide(page);
    const sessionMs = host.tookMs.slice(-decisions);
    const filters = await changeFilters(page);
    const afterDecisions = await heaps(client, host);
    return [
      { name: 'opening', value: Math.round(openMs), unit: 'ms', goal: 1000, better: 'lower', peer: { name: 'of it in the host', value: Math.round(host.tookMs[0] ?? 0) } },
      { name: 'key to next sample, p50', value: round(quantile(keys, 0.5)), unit: 'ms', better: 'lower' },
      { name: 'key to next sample, p95', value: round(quantile(keys, 0.95)), unit: 'ms', goal: 50, better: 'lower', peer: { name: 'of it in the host', value: round(quantile(sessionMs, 0.95)) } },
      { name: 'key to next sample, slowest', value: round(Math.max(...keys)), unit: 'ms', better: 'lower' },
      { name: 'filter change, median', value: round(quantile(filters, 0.5)), unit: 'ms', goal: 100, better: 'lower' },
      { name: 'filter change, slowest', value: round(Math.max(...filters)), unit: 'ms', better: 'lower' },
      { name: 'heap of the page after opening', value: afterOpening.page, unit: 'MB', goal: 150, better: 'lower' },
      { name: 'heap of the host after opening', value: afterOpening.host, unit: 'MB', goal: 150, better: 'lower' },
      { name: `heap of the page after ${decisions} decisions`, value: afterDecisions.page, unit: 'MB', goal: 150, better: 'lower' },
      { name: `heap of the host after ${decisions} decisions`, value: afterDecisions.host, unit: 'MB', goal: 150, better: 'lower' },
    ];
  } finally {
    await opened.channel?.close();
    await opened.host?.end();
  }
}

declare global {
  interface Window {
    bench: {
      readonly opened: Promise<number>;
      /** From now on `key` is the milliseconds from the next key to the second frame after another sample is shown. */
      watchKey(): void;
      key?: Promise<number>;
      setFilter(verdict: string | undefined): Promise<number>;
    };
  }
}

/** Runs in the page before its own script. */
async function watchPage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    type App = HTMLElement & { updateComplete: Promise<unknown>; flow: { setQueue(spec: object): void } };
    const app = (): App => document.querySelector('looptool-review') as App;
    const painted = async (): Promise<number> => {
      await app().updateComplete;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now();
    };
    const answered = async (): Promise<void> =>
      new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error('no answer within 30 s')), 30_000);
        const heard = (event: MessageEvent<unknown>): void => {
          const { data } = event;
          const isSnapshot = typeof data === 'string' ? data.includes('"snapshot"') : typeof data === 'object' && data !== null && 'type' in data && data.type === 'snapshot';
          if (!isSnapshot) return;
          window.removeEventListener('message', heard);
          resolve();
        };
        window.addEventListener('message', heard);
      });
    const title = (): string => app().shadowRoot?.querySelector('h1')?.textContent ?? '';
    window.bench = {
      // From the page's first moment: its request goes out after its script has loaded.
      opened: answered().then(painted),
      watchKey: () => {
        const before = title();
        const pressed = new Promise<number>((resolve) => window.addEventListener('keydown', () => resolve(performance.now()), { once: true, capture: true }));
        const heard = answered();
        window.bench.key = (async () => {
          const at = await pressed;
          await heard;
          const shownAt = await painted();
          if (title() === before) throw new Error(`no other sample after the key: ${before}`);
          return shownAt - at;
        })();
      },
      setFilter: async (verdict) => {
        const at = performance.now();
        const heard = answered();
        app().flow.setQueue({ filter: { state: 'all', ...(verdict === undefined ? {} : { verdicts: [verdict] }) }, order: 'value' });
        await heard;
        return (await painted()) - at;
      },
    };
  });
}

async function decide(page: Page): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let i = 0; i < decisions; i++) {
    await page.evaluate(() => window.bench.watchKey());
    await page.keyboard.press('kw'.charAt(i % 2));
    taken.push((await page.evaluate(async () => window.bench.key)) ?? 0);
  }
  return taken;
}

async function changeFilters(page: Page): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let i = 0; i < filterChanges; i++) taken.push(await page.evaluate(async (verdict) => window.bench.setFilter(verdict), ['LABEL_WRONG', undefined, 'BOTH_CORRECT', 'NO_CONSENSUS'][i % 4]));
  return taken;
}

async function heaps(client: CDPSession, host: HostProcess): Promise<{ readonly page: number; readonly host: number }> {
  await client.send('HeapProfiler.collectGarbage');
  const { usedSize } = await client.send('Runtime.getHeapUsage');
  return { page: round(usedSize / megabyte), host: round((await host.memory()).heapUsed / megabyte) };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
