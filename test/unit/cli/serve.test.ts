import { expect, it } from 'vitest';
import type { App } from '../../../src/app/createApp.ts';
import type { AppPorts } from '../../../src/app/ports.ts';
import type { Serving } from '../../../src/app/serve.ts';
import { serveCommand } from '../../../src/cli/commands/serve.ts';
import { exitCodes } from '../../../src/cli/context.ts';
import { jsonWriter } from '../../../src/cli/writers/json.ts';
import { runnerEventSchema } from '../../../src/protocol/runnerEvents.ts';

it('a request that fails while the server runs is a warning, not the end of the job', async () => {
  const serving: Serving = {
    file: { v: 1, pid: 1, host: 'here', baseUrl: 'http://127.0.0.1:1/v1', key: 'secret', startedAt: '' },
    models: [],
    closed: Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const serve: App['serve'] = (_options, _signal, log) => {
    log('A request failed. out of memory');
    return Promise.resolve(serving);
  };
  let text = '';
  // Casts: the command uses nothing else of either.
  const app = { serve } as App;
  const ports = { clock: { now: () => 0 } } as AppPorts;
  const writer = jsonWriter({ write: (line) => (text += line) }, () => 0);
  const code = await serveCommand({ project: '.' })({ app, ports, writer, signal: new AbortController().signal, json: true, print: () => undefined, remark: () => undefined, sayOnStop: () => undefined });
  expect(code).toBe(exitCodes.ok);
  const events = text.trim().split('\n').map((line) => runnerEventSchema.parse(JSON.parse(line)));
  expect(events.map(({ type }) => type)).toEqual(['warning', 'result']);
  expect(events[0]).toMatchObject({ message: 'A request failed. out of memory' });
  expect(text).not.toContain('secret');
});
