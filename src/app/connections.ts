import { statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { remoteEndpoints, type Endpoint, type OpenAiEndpoint, type ProjectConfig } from '../core/config/projectConfig.ts';
import { LoopToolError } from '../core/errors.ts';
import type { CompletionPort, Sampling } from '../core/llm/completionPort.ts';
import type { ModelIdentity } from '../core/loop/requestKey.ts';
import type { PromptingNote } from '../core/rounds/manifest.ts';
import type { Checkpoint } from '../core/training/trainerPort.ts';
import { ContextGuard } from '../node/prompting/contextGuard.ts';
import { promptedPort } from '../node/prompting/promptedPort.ts';
import { PromptServer } from '../node/prompting/promptServer.ts';
import type { ServerFile } from '../protocol/serverFile.ts';
import { createOpenAiClient, createOpenAiPool } from '../node/openaiClient.ts';
import { ensureServer } from '../node/serverProcess.ts';
import type { Meter, Price } from './meter.ts';
import type { AppPorts } from './ports.ts';
import { structuredOutputOf } from './structuredOutput.ts';
import { provenPort, staleError } from './provenPort.ts';
import { remoteFingerprint } from './remoteFingerprint.ts';
import type { Project } from './project.ts';
import { makePrompting, promptingKey, type KnownPrompting } from './prompting.ts';

export type Role = 'policy' | 'judge' | 'judge2' | 'generator';

export type Connection = {
  readonly port: CompletionPort;
  readonly identity: ModelIdentity;
  /** What the endpoint's configuration sets otherwise than the stage would. */
  readonly sampling: Partial<Sampling>;
};

/** A server that nobody asks for so long ends itself. Training, in which nobody asks, may take longer: then it is started again. */
const idleExitSeconds = 300;
/** Replies of the embedded engine come in milliseconds; this is for a machine under heavy load. */
const embeddedTimeoutMs = 300_000;

/** Opens the doors to the models of one job. Everything, the embedded engine too, is reached over HTTP. */
export class Connections {
  private readonly prompts = new Map<Role, Promise<KnownPrompting & { readonly server: PromptServer }>>();
  private readonly notes = new Map<Role, PromptingNote>();

  constructor(
    private readonly ports: AppPorts,
    private readonly project: Project,
    private readonly config: ProjectConfig,
    private readonly meter?: Meter,
  ) {}

  async judge(signal: AbortSignal): Promise<Connection> {
    return await this.connect('judge', undefined, signal);
  }

  /** Throws `config-invalid` where the project names no second judge. */
  async judge2(signal: AbortSignal): Promise<Connection> {
    return await this.connect('judge2', undefined, signal);
  }

  async generator(signal: AbortSignal): Promise<Connection> {
    return await this.connect('generator', undefined, signal);
  }

  /** The policy with these weights: the embedded server is made to load them, and proves with every answer that it has. */
  async policy(checkpoint: Checkpoint, signal: AbortSignal): Promise<Connection> {
    const endpoint = this.config.endpoints.policy;
    if (endpoint.kind !== 'embedded') return await this.connect('policy', checkpoint.fingerprint, signal);
    await this.load(checkpoint, signal);
    const connection = await this.connect('policy', checkpoint.fingerprint, signal);
    return { ...connection, port: provenPort(connection.port, checkpoint.fingerprint) };
  }

  /** Whether to ask the policy with these weights changes nothing for whoever else asks. */
  async servesPolicy(checkpoint: Checkpoint, signal: AbortSignal): Promise<boolean> {
    if (this.config.endpoints.policy.kind !== 'embedded') return true;
    return (await servedFingerprint(await this.server(signal), signal)) === checkpoint.fingerprint;
  }

  /** Throws `checkpoint-stale` when other weights answer than those the stage began with. */
  async assertPolicy(checkpoint: Checkpoint, signal: AbortSignal): Promise<void> {
    if (this.config.endpoints.policy.kind !== 'embedded') return;
    const server = await this.server(signal);
    const served = await servedFingerprint(server, signal);
    if (served !== checkpoint.fingerprint) throw staleError(served, checkpoint.fingerprint);
  }

  /** Fingerprint of a policy behind a remote endpoint, by fixed greedy answers. */
  async remotePolicyFingerprint(signal: AbortSignal): Promise<string> {
    const { port } = await this.connect('policy', undefined, signal);
    return await remoteFingerprint(port, signal);
  }

  private async connect(role: Role, fingerprint: string | undefined, signal: AbortSignal): Promise<Connection> {
    const endpoint = this.config.endpoints[role];
    if (endpoint === undefined) throw new LoopToolError('config-invalid', `endpoints.${role} is missing in looptool.json. Add it, or set verify.thirdVote to "same" or "off".`);
    const port = endpoint.kind === 'openai' || endpoint.kind === 'pool' ? this.remotePort(endpoint, role) : this.embeddedPort(endpoint, await this.server(signal));
    const { model, simulated } = port.description;
    if (endpoint.kind === 'simulated') return { port, identity: { model, fingerprint, simulated }, sampling: samplingOf(endpoint) };
    const prompts = await this.promptsOf(role, endpoint, signal);
    const prompted = promptedPort(port, prompts.prompting, new ContextGuard(prompts.server));
    return { port: prompted, identity: { model, fingerprint, simulated, ...promptingKey(prompts) }, sampling: samplingOf(endpoint) };
  }

  /** How prompts for a role are made, and the server that counts them; found out once a job. */
  async prompting(role: Role, signal: AbortSignal): Promise<KnownPrompting & { readonly server: PromptServer }> {
    const endpoint = this.config.endpoints[role];
    if (endpoint === undefined || endpoint.kind === 'simulated') throw new LoopToolError('usage', `The ${role} is simulated, or there is none: it is given no prompt.`);
    return await this.promptsOf(role, endpoint, signal);
  }

  /** Of the roles that were asked so far; those whose prompts are the server's own business are left out. */
  get promptingNotes(): Readonly<Partial<Record<Role, PromptingNote>>> {
    return Object.fromEntries(this.notes);
  }

  private async promptsOf(role: Role, endpoint: Exclude<Endpoint, { kind: 'simulated' }>, signal: AbortSignal): Promise<KnownPrompting & { readonly server: PromptServer }> {
    const known = this.prompts.get(role);
    if (known) return await known;
    const making = this.makePrompts(role, endpoint, signal);
    this.prompts.set(role, making);
    // What failed or was cancelled is tried again.
    making.catch(() => this.prompts.delete(role));
    const made = await making;
    if (made.note) this.notes.set(role, made.note);
    return made;
  }

  private async makePrompts(role: Role, endpoint: Exclude<Endpoint, { kind: 'simulated' }>, signal: AbortSignal): Promise<KnownPrompting & { readonly server: PromptServer }> {
    const absolute = (path: string): string => this.project.files.absolute(path);
    if (endpoint.kind === 'embedded') {
      const { baseUrl, key } = await this.server(signal);
      const server = new PromptServer({ baseUrl, model: 'policy', key }, 'looptool');
      return { ...(await makePrompting(endpoint, { role, server, absolute, embedded: true }, signal)), server };
    }
    const [first] = remoteEndpoints(endpoint);
    if (first === undefined) throw new LoopToolError('config-invalid', `endpoints.${role} names no server.`);
    const server = new PromptServer({ baseUrl: first.baseUrl, model: first.model, key: this.keyOf(first, role) });
    return { ...(await makePrompting(first, { role, server, absolute, embedded: false }, signal)), server };
  }

  private remotePort(endpoint: Extract<Endpoint, { kind: 'openai' | 'pool' }>, role: Role): CompletionPort {
    const weighted = endpoint.kind === 'pool' ? endpoint.replicas : [{ endpoint, weight: 1 }];
    const replicas = weighted.map(({ endpoint: replica, weight }) => ({ ...replica, weight, key: this.keyOf(replica, role), structured: structuredOutputOf(this.ports, replica) }));
    const remotes = remoteEndpoints(endpoint);
    const maxAttempts = Math.max(...remotes.map((remote) => remote.maxAttempts));
    const port = createOpenAiPool(replicas, { model: remotes[0]?.model ?? '', maxAttempts, simulated: false, hedgeAfterMs: endpoint.kind === 'pool' ? endpoint.hedgeAfterMs : undefined }, this.ports);
    return this.meter ? this.meter.metered(port, priceOf(endpoint)) : port;
  }

  private keyOf(endpoint: OpenAiEndpoint, role: Role): string | undefined {
    const key = this.ports.keys(endpoint);
    if (key === undefined && endpoint.apiKeyEnv !== undefined) {
      throw new LoopToolError(
        'endpoint-key',
        `The ${role} endpoint needs a key, and the environment variable ${endpoint.apiKeyEnv} is not set. Set it (in the editor: LoopTool: Set Endpoint Key) and run the command again.`,
      );
    }
    return key;
  }

  private embeddedPort(endpoint: Exclude<Endpoint, { kind: 'openai' | 'pool' }>, server: ServerFile): CompletionPort {
    return createOpenAiClient(
      {
        baseUrl: server.baseUrl,
        model: endpoint.kind === 'embedded' ? 'policy' : endpoint.model,
        key: server.key,
        concurrency: endpoint.concurrency,
        timeoutMs: embeddedTimeoutMs,
        // Answers are short, and reading a stream costs the client two to four times the work.
        stream: false,
        maxAttempts: 5,
        simulated: endpoint.kind === 'simulated',
      },
      this.ports,
    );
  }

  private async server(signal: AbortSignal): Promise<ServerFile> {
    const { policy } = this.config.endpoints;
    return await ensureServer(
      this.project.files,
      {
        argv: [...this.ports.cli, 'serve', '--project', this.project.files.root, '--idle-exit', String(idleExitSeconds)],
        settings: serverSettings(this.config, this.ports),
        mayStart: policy.kind !== 'embedded' || policy.start === 'auto',
      },
      this.ports.clock,
      signal,
    );
  }

  private async load(checkpoint: Checkpoint, signal: AbortSignal): Promise<void> {
    const server = await this.server(signal);
    if ((await servedFingerprint(server, signal)) === checkpoint.fingerprint) return;
    if (checkpoint.path === undefined) {
      throw new LoopToolError('checkpoint-stale', 'The embedded policy needs a checkpoint file, and the training named none. A command trainer has to leave a .gguf file in its result folder.');
    }
    const response = await fetch(new URL('/looptool/checkpoint', server.baseUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ path: this.project.files.absolute(checkpoint.path) }),
      signal,
    });
    const text = await response.text();
    if (!response.ok) throw new LoopToolError('checkpoint-unreadable', `The embedded engine does not load ${checkpoint.path}: ${text.slice(0, 300)}. Remove the round's train folder and train again.`);
    const served = await servedFingerprint(server, signal);
    if (served !== checkpoint.fingerprint) throw staleError(served, checkpoint.fingerprint);
  }
}

const modelsSchema = z.object({ data: z.array(z.object({ id: z.string(), fingerprint: z.string().nullish() })) });

/** Fingerprint of the weights that answer as `policy`, as /v1/models says. */
async function servedFingerprint(server: ServerFile, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(`${server.baseUrl}/models`, { headers: { authorization: `Bearer ${server.key}` }, signal });
  const models = modelsSchema.safeParse(await response.json());
  if (!models.success) throw new LoopToolError('endpoint-protocol', 'The embedded server lists its models in an unknown form: it is of another version. Stop it (looptool serve in another terminal) and run the command again.');
  return models.data.data.find(({ id }) => id === 'policy')?.fingerprint ?? undefined;
}

/** Everything that a running server would have to be restarted for. */
export function serverSettings(config: ProjectConfig, ports: Pick<AppPorts, 'cli'>): string {
  const program = ports.cli.at(-1) ?? '';
  const { policy, judge, generator } = config.endpoints;
  const own = [policy, judge, generator].map((endpoint) => (remoteEndpoints(endpoint).length > 0 ? 'openai' : endpoint));
  return createHash('sha256')
    .update(JSON.stringify({ own, program, version: statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .digest('hex');
}

/** Replicas may cost differently; which one answers is not known beforehand, so that the dearest counts. Undefined where nothing has a price. */
export function priceOf(endpoint: Endpoint): Price | undefined {
  const prices = remoteEndpoints(endpoint).flatMap(({ price }) => (price ? [price] : []));
  if (prices.length === 0) return undefined;
  return { prompt: Math.max(...prices.map(({ prompt }) => prompt)), completion: Math.max(...prices.map(({ completion }) => completion)) };
}

/** Settings that are set; the schema leaves the others undefined. Our own server knows no presence penalty. */
export function samplingOf(endpoint: Endpoint): Partial<Sampling> {
  if (endpoint.kind === 'simulated') return { presencePenalty: 0 };
  const set: Partial<Sampling> = Object.fromEntries(Object.entries(endpoint.kind === 'pool' ? (endpoint.replicas[0]?.endpoint.sampling ?? {}) : endpoint.sampling).filter(([, value]) => value !== undefined));
  return endpoint.kind === 'embedded' ? { ...set, presencePenalty: 0 } : set;
}
