import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callBlock, looptoolRow, weatherTool } from '../builders/datasetText.ts';
import { Session } from '../lsp/support/session.ts';
import { runCli } from './support/cli.ts';

const cli = join(import.meta.dirname, '../../dist/cli.js');

test.each([[['--stdio']], [['--stdio', '--clientProcessId=1']], [[]]])('looptool lsp %j is the language server', async (args) => {
  const session = await Session.start({ command: [cli, 'lsp', ...args] });
  expect(session.initialized).toMatchObject({ serverInfo: { name: 'looptool' }, capabilities: { diagnosticProvider: {}, hoverProvider: true } });
  const document = await session.openUri('untitled:a.jsonl', `${looptoolRow([weatherTool], callBlock('get_weather', { city: 5 }))}\n`);
  expect(await document.report()).toMatchObject({ kind: 'full', items: [{ code: 'argument-type' }] });
  expect(await session.stop()).toBe(0);
});

test('its help says how to use it', async () => {
  const { code, stdout } = await runCli(['lsp', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--stdio');
});
