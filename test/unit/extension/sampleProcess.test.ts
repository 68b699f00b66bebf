import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CancellationToken } from 'vscode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runSampleProcess } from '../../../src/extension/samples/sampleProcess.ts';
import { statusText } from '../../../src/extension/samples/statusText.ts';
import type { SampleRequest } from '../../../src/protocol/sampleRequest.ts';

vi.mock('vscode', () => ({ l10n: { t: (message: string, ...values: readonly unknown[]) => message.replaceAll(/\{(\d)\}/g, (_all, i: string) => String(values[Number(i)])) } }));

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'looptool-process-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = '2026-01-01T00:00:00.000Z';
const result = { action: 'probe', sampleId: 'smp_1', labelHash: 'lbl_1', occurrence: { file: 'a.jsonl', record: 0, step: 0 }, known: false };

/** A runner that says these lines, after having read its request. */
function runner(body: string): string {
  const file = join(folder, 'runner.mjs');
  writeFileSync(file, `let text = ''; for await (const chunk of process.stdin) text += chunk; const request = JSON.parse(text); const say = (event) => console.log(typeof event === 'string' ? event : JSON.stringify({ at: '${at}', ...event })); ${body}`);
  return file;
}
function token(): { readonly value: CancellationToken; readonly cancel: () => void } {
  const state = { isCancellationRequested: false, listeners: [] as (() => void)[] };
  const value = { get isCancellationRequested() { return state.isCancellationRequested; }, onCancellationRequested: (listener: () => void) => (state.listeners.push(listener), { dispose: () => undefined }) };
  return {
    value: value as unknown as CancellationToken, // what of it is used
    cancel: () => {
      state.isCancellationRequested = true;
      for (const listener of state.listeners) listener();
    },
  };
}
const request = (): SampleRequest => ({ kind: 'sample', project: folder, action: 'probe', sample: { by: 'place', file: 'a.jsonl', record: 0 }, keys: { 'http://x': 'sk-1' } });

describe('the process of one action', () => {
  it('is told of the request over its standard input, and tells its notes and its result', async () => {
    const notes: string[] = [];
    const script = runner(`say({ type: 'note', message: request.keys['http://x'] + ' ' + process.argv.length }); say('no event'); say({ type: 'result', command: 'sample probe', data: ${JSON.stringify(result)} });`);
    expect(await runSampleProcess(script, request(), token().value, (note) => notes.push(note))).toEqual(result);
    expect(notes).toEqual(['sk-1 2']);
  });

  it('says why it failed, with the code', async () => {
    const script = runner(`say({ type: 'job-end', status: 'failed', code: 'endpoint-key', message: 'no key' }); process.exitCode = 2;`);
    await expect(runSampleProcess(script, request(), token().value, () => undefined)).rejects.toMatchObject({ code: 'endpoint-key', userMessage: 'no key' });
  });

  it('that crashes is told by its last words', async () => {
    const script = runner(`console.error('first'); console.error('out of luck'); process.exit(3);`);
    await expect(runSampleProcess(script, request(), token().value, () => undefined)).rejects.toThrow('out of luck');
  });

  it('ends when it is cancelled, with no result and no error', async () => {
    const stop = token();
    const script = runner(`say({ type: 'note', message: 'asking' }); setInterval(() => undefined, 1000);`);
    expect(await runSampleProcess(script, request(), stop.value, () => stop.cancel())).toBeUndefined();
  });
});

describe('the status of a record', () => {
  it('is an icon, the outcome, and what the judge said', () => {
    expect(statusText([{ outcome: 'MISMATCH', ppl: 1.234, verdict: 'LABEL_WRONG', votes: 2, agreeing: 2, by: 'judge' }])).toBe('$(close)\u00a0mismatch · perplexity 1.23 · the label is wrong (2 of 2)');
    expect(statusText([{ outcome: 'changed' }])).toBe('$(history)\u00a0label changed since the probe');
  });

  it('counts outcomes where there are several samples', () => {
    expect(statusText([{ outcome: 'MATCH' }, { outcome: 'none' }, { outcome: 'MATCH' }])).toBe('3 samples: 2 matches, 1 not probed');
  });
});
