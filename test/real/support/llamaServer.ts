import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type LlamaOptions = {
  readonly binary: string;
  /** GGUF file. */
  readonly model: string;
  readonly slots: number;
  readonly flags?: readonly string[];
  /** What the server says is appended here. */
  readonly log: string;
};

/** Tokens of one slot: what the model was trained at. llama.cpp divides --ctx-size by the slots. */
const contextTokens = 2048;
/** The model is small: threads that wait for each other cost more than they bring. */
const threads = 1;
const readyWithinMs = 60_000;

/** A llama.cpp server as a process of its own, on a free port that it keeps over restarts. */
export class LlamaServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly options: LlamaOptions,
    readonly port: number,
  ) {}

  static async start(options: LlamaOptions): Promise<LlamaServer> {
    const server = new LlamaServer(options, await freePort());
    await server.up();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it again after `down`, with another model where one is named. */
  async up(model = this.options.model): Promise<void> {
    const { binary, slots, flags = [], log } = this.options;
    const file = openSync(log, 'a');
    const args = ['-m', model, '--alias', 'policy', '--host', '127.0.0.1', '--port', String(this.port), '-np', String(slots), '-c', String(slots * contextTokens), '-t', String(threads), '--jinja', ...flags];
    const child = spawn(binary, args, { stdio: ['ignore', file, file] });
    closeSync(file);
    this.child = child;
    let failure: string | undefined;
    child.once('error', (error) => (failure = error.message));
    child.once('exit', (code, signal) => (failure ??= `it ended with ${signal ?? `exit code ${code}`}`));
    for (const until = Date.now() + readyWithinMs; ; await sleep(50)) {
      if (failure !== undefined) throw new Error(`llama-server did not start: ${failure}\n${this.tail()}`);
      if (await fetch(`${this.origin}/health`).then((response) => response.ok, () => false)) return;
      if (Date.now() > until) {
        await this.down('SIGKILL');
        throw new Error(`llama-server was not ready within ${readyWithinMs / 1000} s\n${this.tail()}`);
      }
    }
  }

  /** Ends the process, and resolves when it is gone. */
  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(late);
  }

  async get(path: string): Promise<unknown> {
    return await (await fetch(this.origin + path)).json();
  }

  async post(path: string, body: object): Promise<unknown> {
    const response = await fetch(this.origin + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  }

  /** The last lines of what it said. */
  tail(lines = 15): string {
    return readFileSync(this.options.log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a listening socket has a port');
  return address.port;
}
