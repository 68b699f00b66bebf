import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import * as z from 'zod';
import { hostMessageSchema, type HostMessage, type ReviewRequest } from '../../../src/protocol/review/messages.ts';
import { decodeMessage, encodeMessage } from '../../../src/protocol/wire.ts';
import { repositoryRoot } from '../../builders/repositoryRoot.ts';

const root = repositoryRoot();
const lineSchema = z.object({ message: z.unknown().optional(), tookMs: z.number().optional(), memory: z.object({ heapUsed: z.number(), rss: z.number() }).optional() });

let bundled: Promise<string> | undefined;

/** The host bundled as the extension is, once for a process. */
async function hostBundle(): Promise<string> {
  bundled ??= (async () => {
    const outfile = path.join(root, '.cache/review', `host-${process.pid}.mjs`);
    if (existsSync(outfile)) return outfile;
    await build({
      entryPoints: [path.join(root, 'test/webview/support/reviewHost.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      mainFields: ['module', 'main'],
      logLevel: 'warning',
      banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    });
    return outfile;
  })();
  return bundled;
}

type WithoutId<T> = T extends { readonly requestId: number } ? Omit<T, 'requestId'> : never;

export type HostProcess = {
  readonly child: ChildProcess;
  /** Snapshots that answered no request, oldest first. */
  readonly pushed: HostMessage[];
  /** How long the session took for each answer, without the way there and back. */
  readonly tookMs: number[];
  /** A message of a page as it came, answered as it goes to the page. Undefined when the process ended before. */
  relay(message: unknown): Promise<unknown>;
  /** The answer to a request; undefined when the process ended before it came. */
  ask(request: WithoutId<ReviewRequest>): Promise<HostMessage | undefined>;
  memory(): Promise<{ readonly heapUsed: number; readonly rss: number }>;
  /** Ends it as a crash does. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it as a window that is closed does. */
  end(): Promise<void>;
};

/** A review of a round in a process of its own, over lines of stdin and stdout. */
export async function startHost(directory: string, options: { readonly round?: number; readonly user?: string; readonly onPush?: (message: unknown) => void } = {}): Promise<HostProcess> {
  const child = spawn(process.execPath, ['--expose-gc', await hostBundle(), directory, String(options.round ?? 1), options.user ?? 'tester'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const pushed: HostMessage[] = [];
  const tookMs: number[] = [];
  const waiting = new Map<number, (message: unknown) => void>();
  const memories: ((memory: { readonly heapUsed: number; readonly rss: number }) => void)[] = [];
  const gone = once(child, 'exit').then(() => {
    for (const end of waiting.values()) end(undefined);
    waiting.clear();
  });
  child.stdin.on('error', () => undefined); // a killed process reads no more
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { message, tookMs: took, memory } = lineSchema.parse(JSON.parse(line));
    if (memory !== undefined) return memories.shift()?.(memory);
    if (took !== undefined) tookMs.push(took);
    const decoded = decodeMessage(message);
    const id = z.object({ requestId: z.number() }).safeParse(decoded).data?.requestId;
    if (id === undefined) {
      pushed.push(hostMessageSchema.parse(decoded));
      options.onPush?.(message);
      return undefined;
    }
    waiting.get(id)?.(message);
    waiting.delete(id);
    return undefined;
  });
  const send = (data: unknown): void => void child.stdin.write(`${JSON.stringify(data)}\n`);
  const relay = async (message: unknown): Promise<unknown> => {
    const { requestId } = z.object({ requestId: z.number() }).parse(decodeMessage(message));
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    return new Promise((resolve) => {
      waiting.set(requestId, resolve);
      send(message);
    });
  };
  let requestId = 0;
  return {
    child,
    pushed,
    tookMs,
    relay,
    ask: async (request) => {
      const answer = await relay(encodeMessage({ ...request, requestId: ++requestId }));
      return answer === undefined ? undefined : hostMessageSchema.parse(decodeMessage(answer));
    },
    memory: async () =>
      new Promise((resolve) => {
        memories.push(resolve);
        send({ type: '#memory' });
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    end: async () => {
      child.stdin.end();
      await gone;
    },
  };
}
