import * as z from 'zod';
import { remoteEndpoints, type Endpoint, type OpenAiEndpoint, type ProjectConfig } from '../core/config/projectConfig.ts';
import { samplingSchema, type CompletionFailure } from '../core/llm/completionPort.ts';
import type { Clock } from '../node/clock.ts';
import type { KeySource } from '../node/environmentKeys.ts';
import { createOpenAiClient } from '../node/openaiClient.ts';
import type { ProjectFiles } from '../node/projectFiles.ts';
import { findServer } from '../node/serverProcess.ts';

export type ModelRole = keyof ProjectConfig['endpoints'];

/** What one small real request to an endpoint showed. `notStarted`: the embedded server, which the first job starts. */
export type EndpointTest = {
  readonly role: ModelRole;
  readonly model: string;
  readonly host: string;
  readonly simulated: boolean;
  readonly state: 'ok' | 'failed' | 'notStarted';
  readonly latencyMs: number | undefined;
  /** Whether log-probabilities came with the answer: perplexity needs them. Of the policy alone; no other is asked for them. */
  readonly logProbs: boolean | undefined;
  /** Models that the server lists; undefined where it does not list them. */
  readonly models: readonly string[] | undefined;
  /** What went wrong, or what the server does not say of the model. */
  readonly message: string | undefined;
  /** It failed for want of a key, or the key is refused. */
  readonly needsKey: boolean;
};

export type ConnectionPorts = { readonly files: ProjectFiles; readonly keyOf: KeySource; readonly clock: Clock; readonly random: () => number };

const timeoutMs = 20_000;
const modelListSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Tries the endpoints of a project at the same time: a list of models and one tiny completion each. */
export async function testConnections(config: ProjectConfig, ports: ConnectionPorts, signal: AbortSignal): Promise<readonly EndpointTest[]> {
  const roles = ['policy', 'judge', 'judge2', 'generator'] as const;
  const tests = await Promise.all(
    roles.flatMap((role) => {
      const endpoint = config.endpoints[role];
      return endpoint === undefined ? [] : [testEndpoint(role, endpoint, ports, signal)];
    }),
  );
  return tests.flat();
}

async function testEndpoint(role: ModelRole, endpoint: Endpoint, ports: ConnectionPorts, signal: AbortSignal): Promise<readonly EndpointTest[]> {
  if (endpoint.kind === 'openai' || endpoint.kind === 'pool') return Promise.all(remoteEndpoints(endpoint).map((remote) => tryOwnServer(role, remote, ports, signal)));
  const model = endpoint.kind === 'simulated' ? endpoint.model : 'policy';
  const simulated = endpoint.kind === 'simulated';
  const server = await findServer(ports.files, signal);
  if (!server) return [{ role, model, host: 'embedded', simulated, state: 'notStarted', latencyMs: undefined, logProbs: undefined, models: undefined, message: undefined, needsKey: false }];
  return [await tryServer(role, { baseUrl: server.baseUrl, model, stream: true }, server.key, simulated, ports, signal)];
}

/** A server of the user's. A key that the project asks for and nobody has set is said, not tried. */
async function tryOwnServer(role: ModelRole, endpoint: OpenAiEndpoint, ports: ConnectionPorts, signal: AbortSignal): Promise<EndpointTest> {
  const key = ports.keyOf(endpoint);
  if (key !== undefined || endpoint.apiKeyEnv === undefined) return tryServer(role, endpoint, key, false, ports, signal);
  const message = `No key: the environment variable ${endpoint.apiKeyEnv} is not set`;
  return { role, model: endpoint.model, host: new URL(endpoint.baseUrl).host, simulated: false, state: 'failed', latencyMs: undefined, logProbs: undefined, models: undefined, message, needsKey: true };
}

async function tryServer(role: ModelRole, endpoint: Pick<OpenAiEndpoint, 'baseUrl' | 'model' | 'stream'>, key: string | undefined, simulated: boolean, ports: ConnectionPorts, signal: AbortSignal): Promise<EndpointTest> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const client = createOpenAiClient({ ...endpoint, key, concurrency: 1, timeoutMs, maxAttempts: 1, simulated }, ports);
  const asked = role === 'policy';
  const base = { role, model: endpoint.model, host: client.description.host, simulated, needsKey: false };
  try {
    const models = await listModels(endpoint.baseUrl, key, limited);
    const outcome = await client.complete({ messages: [{ role: 'user', content: 'Reply with OK.' }], tools: [], sampling: samplingSchema.parse({ maxTokens: 8 }), logProbs: asked }, limited);
    if (!outcome.ok) return { ...base, state: 'failed', latencyMs: outcome.elapsedMs, logProbs: undefined, models, message: inWords(outcome.failure), needsKey: outcome.failure.kind === 'unauthorised' };
    const { logProbs, logProbsMissing } = outcome.reply;
    const unlisted = models && !models.includes(endpoint.model) ? `The server does not list ${endpoint.model}` : undefined;
    return { ...base, state: 'ok', latencyMs: outcome.elapsedMs, logProbs: asked ? logProbs !== undefined : undefined, models, message: unlisted ?? (asked ? logProbsMissing : undefined) };
  } catch (error) {
    signal.throwIfAborted();
    if (!limited.aborted) throw error;
    return { ...base, state: 'failed', latencyMs: undefined, logProbs: undefined, models: undefined, message: `No answer within ${timeoutMs / 1000} s` };
  }
}

/** The system's word for a missing connection alone helps few people. */
function inWords({ kind, message }: CompletionFailure): string {
  return kind === 'refused' || kind === 'network' ? `No connection, is the server running? (${message})` : message;
}

/** Not every server lists its models; that alone is no failure. */
async function listModels(baseUrl: string, key: string | undefined, signal: AbortSignal): Promise<readonly string[] | undefined> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/$/, '')}/models`, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` }, signal });
    const parsed = modelListSchema.safeParse(await response.json());
    return parsed.success ? parsed.data.data.map((m) => m.id) : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
