import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { reviewRequestSchema, type HostMessage, type ReviewRequest } from '../../../src/protocol/review/messages.ts';
import { decodeMessage, encodeMessage } from '../../../src/protocol/wire.ts';
import { openPage, type PageChannel, type PageOptions } from './pageServer.ts';
import { bulkPreview, measurement, SCENES, type Scene, type SceneName } from './scenes.ts';

export type ScenePage = PageChannel & {
  /** Requests of the page so far, without `ready`. */
  readonly requests: ReviewRequest[];
  /** Addresses that the page asked for after its own. */
  readonly loads: string[];
  /** What the console said in red, and errors that nobody caught. */
  readonly errors: string[];
  /** What the host sends by itself. */
  push(message: HostMessage): Promise<void>;
};

/** Answers one request; `undefined` leaves the page waiting. */
export type Host = (request: ReviewRequest) => HostMessage | undefined | Promise<HostMessage | undefined>;

type Options = PageOptions & { readonly host?: Host };

/** The real bundle in a real browser under the panel's own content security policy; the host is a function. */
export async function openHosted(host: Host, options: PageOptions = {}): Promise<ScenePage> {
  const requests: ReviewRequest[] = [];
  const errors: string[] = [];
  const loads: string[] = [];
  const watch = async (page: Page): Promise<void> => {
    await options.onPage?.(page);
    page.on('pageerror', (e) => errors.push(e.message));
    page.on('console', (m) => { if (m.type() === 'error') errors.push(m.text()); });
    page.on('request', (r) => { if (!/^http:\/\/127\.0\.0\.1:\d+\/(review\.js)?$/.test(r.url())) loads.push(r.url()); });
  };
  const receive = async (message: unknown): Promise<unknown> => {
    const parsed = reviewRequestSchema.parse(decodeMessage(message));
    if (parsed.type !== 'ready') requests.push(parsed);
    const answer = await host(parsed);
    return answer === undefined ? undefined : encodeMessage({ ...answer, requestId: parsed.requestId });
  };
  const channel = await openPage('review.js', 'looptool-review', receive, { width: 1280, height: 800, ...options, onPage: watch });
  await channel.page.locator('looptool-review main').waitFor();
  return { ...channel, requests, loads, errors, push: (message) => channel.post(encodeMessage(message)) };
}

/** A scene, with its keys pressed. */
export async function openScene(name: SceneName, { host, ...options }: Options = {}): Promise<ScenePage> {
  const scene: Scene = SCENES[name];
  const size = { width: scene.width ?? 1280, height: scene.height ?? 800 };
  const opened = await openHosted((request) => (request.type === 'ready' ? scene.first : (host?.(request) ?? answerOf(name, request))), { ...size, ...options });
  for (const key of scene.keys ?? []) {
    await opened.page.locator('looptool-review footer').waitFor();
    await opened.page.keyboard.press(key);
  }
  const ready: Partial<Record<SceneName, string>> = { help: 'looptool-modal button', measure: '.measure-view', edit: 'looptool-label-editor', cherryPick: 'looptool-label-editor', bulk: 'looptool-modal .samples', confirm: 'looptool-modal .store', filters: '#filters fieldset', raw: '.raw', failure: '.failure', error: '.failure' };
  const marker = ready[name];
  if (marker !== undefined) await opened.page.locator(marker).first().waitFor();
  return opened;
}

function answerOf(name: SceneName, request: ReviewRequest): HostMessage | undefined {
  const scene: Scene = SCENES[name];
  if (request.type === 'previewBulk' || request.type === 'previewSimilar') return bulkPreview(request.requestId);
  if (request.type === 'measure') return { type: 'measurement', requestId: request.requestId, measurement };
  if (name === 'confirm' && request.type === 'decide' && !request.confirmed) return { type: 'confirm', requestId: request.requestId, problems: ['get_forecast: “country” is not in the schema'] };
  return scene.first;
}

/** Violations of accessibility rules, in words. */
export async function violations(page: Page): Promise<string[]> {
  // The page's policy forbids foreign scripts; the checker is injected through the debugger instead.
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    // axe defines itself on the window when its source is evaluated.
    const axe = (window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe;
    return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html.slice(0, 300)} ${n.failureSummary ?? ''}`).join(' ')}`);
  });
}
