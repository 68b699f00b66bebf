#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { createApp } from '../app/createApp.ts';
import { nodePorts } from '../app/nodePorts.ts';
import { isAbort, isLoopToolError } from '../core/errors.ts';
import { exitCodes, type Command, type ExitCode } from './context.ts';
import { createProgram } from './program.ts';
import { humanWriter } from './writers/human.ts';
import { jsonWriter } from './writers/json.ts';
import { writeBlocks } from './writers/writeBlocks.ts';

async function run(command: Command, json: boolean): Promise<ExitCode> {
  const ports = nodePorts(fileURLToPath(import.meta.url));
  const now = () => ports.clock.now();
  const writer = json ? jsonWriter(process.stdout, now) : humanWriter(process.stdout, process.stderr, now);
  const stop = new AbortController();
  let onStop = 'Stopping. The same command goes on where this one stops.';
  const onSignal = () => {
    if (!json && !stop.signal.aborted) process.stderr.write(`\n${onStop}\n`);
    stop.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  try {
    return await command({ app: createApp(ports), ports, writer, signal: stop.signal, json, print, remark: (text) => void process.stderr.write(`${text}\n`), sayOnStop: (text) => void (onStop = text) });
  } catch (error) {
    if (isAbort(error)) return exitCodes.stopped;
    const known = isLoopToolError(error);
    writer.error(known ? error.code : 'internal', known ? error.userMessage : error instanceof Error ? (error.stack ?? error.message) : String(error));
    return exitCodes.failed;
  }
}

/** The server is a bundle of its own, which finds its transport among the arguments. It ends the process when it is told to. */
async function serveLanguage(): Promise<void> {
  if (!process.argv.some((argument) => /^--(?:stdio|pipe|socket|node-ipc)\b/.test(argument))) process.argv.push('--stdio');
  await import(new URL('server.cjs', import.meta.url).href);
}

function print(pieces: Iterable<string>): void {
  writeBlocks(process.stdout, pieces);
  process.stdout.write('\n');
}

async function main(): Promise<ExitCode> {
  // A reader that closes early (head, a pager) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  let exit: ExitCode = exitCodes.ok;
  const program = createProgram(async (command, json) => {
    exit = await run(command, json);
  }, serveLanguage);
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are not errors.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.failed;
  }
  return exit;
}

process.exitCode = await main();
