import { existsSync } from 'node:fs';
import { LoopToolError } from '../../core/errors.ts';
import type { Endpoint, OpenAiEndpoint, ProjectConfig } from '../../core/config/projectConfig.ts';
import { remoteEndpoints } from '../../core/config/projectConfig.ts';
import type { DoctorReport, ServerIdentity, ServerReport } from '../../protocol/serverReport.ts';
import type { KeySource } from '../../node/environmentKeys.ts';
import type { ProjectFiles } from '../../node/projectFiles.ts';
import { contact } from '../../node/servers/contact.ts';
import { usualWaits } from '../../node/servers/identify.ts';
import { findServer } from '../../node/serverProcess.ts';
import { examineServer, keepExamined, reportOf, type DoctorStep, type Examined, type ExamineOptions } from './examineServer.ts';
import { withPoolWarnings } from './poolWarnings.ts';
import type { Asked, Role } from './warnings.ts';

export const doctorRoles = ['policy', 'judge', 'judge2', 'generator'] as const satisfies readonly Role[];

export type DoctorOptions = Omit<ExamineOptions, 'files' | 'tell'> & {
  readonly keyOf: KeySource;
  readonly tell?: (what: { readonly role: Role | undefined; readonly host: string; readonly step: DoctorStep }) => void;
};

/** Looks at the servers behind roles of a project (all that are bound when none are named), one after another. */
export async function examineProject(files: ProjectFiles, config: ProjectConfig, roles: readonly Role[], options: DoctorOptions): Promise<DoctorReport> {
  const missing = roles.find((role) => config.endpoints[role] === undefined);
  if (missing !== undefined) throw new LoopToolError('usage', `endpoints.${missing} is not set in looptool.json. Set it, or name other roles.`);
  const wanted = roles.length > 0 ? roles : doctorRoles;
  // Roles often share a server: it is asked once.
  const seen = new Map<string, Promise<Examined>>();
  const servers: ServerReport[] = [];
  for (const role of doctorRoles) {
    const endpoint = config.endpoints[role];
    if (endpoint === undefined || !wanted.includes(role)) continue;
    servers.push(...(await examineEndpoint({ files, config, role, endpoint, seen }, options)));
  }
  return { v: 1, servers };
}

type Bound = { readonly files: ProjectFiles; readonly config: ProjectConfig; readonly role: Role; readonly endpoint: Endpoint; readonly seen: Map<string, Promise<Examined>> };

async function examineEndpoint(bound: Bound, options: DoctorOptions): Promise<readonly ServerReport[]> {
  const { endpoint, role, config } = bound;
  if (endpoint.kind === 'embedded' || endpoint.kind === 'simulated') return [await examineOwn(bound, options)];
  const reports: ServerReport[] = [];
  const remotes = remoteEndpoints(endpoint);
  for (const [at, remote] of remotes.entries()) {
    const asked = askedOf(remote, role, config, options.keyOf);
    reports.push(await examineRemote(remote, asked, bound, options, endpoint.kind === 'pool' ? at + 1 : undefined));
  }
  return endpoint.kind === 'pool' ? withPoolWarnings(reports) : reports;
}

function askedOf(remote: OpenAiEndpoint, role: Role, config: ProjectConfig, keyOf: KeySource): Asked {
  return {
    role,
    baseUrl: withoutSlash(remote.baseUrl),
    hasKey: keyOf(remote) !== undefined,
    apiKeyEnv: remote.apiKeyEnv,
    stream: remote.stream,
    concurrency: remote.concurrency,
    maxTokens: remote.sampling.maxTokens ?? (role === 'policy' ? config.probe.maxTokens : 1024),
    untouched: remote.sampling.toolChoice === 'none' || remote.prompting === 'raw',
  };
}

async function examineRemote(remote: OpenAiEndpoint, asked: Asked, { files, seen, role }: Bound, options: DoctorOptions, replica: number | undefined): Promise<ServerReport> {
  const { baseUrl } = asked;
  const key = options.keyOf(remote);
  const { host } = new URL(baseUrl);
  const own: ExamineOptions = { ...options, files, tell: (step) => options.tell?.({ role, host, step }) };
  const name = JSON.stringify([baseUrl, remote.model, key ?? null]);
  const looked = seen.get(name) ?? examineServer({ baseUrl, model: remote.model, key }, own);
  seen.set(name, looked);
  const examined = await looked;
  const report = reportOf(asked, examined, replica);
  await keepExamined(examined, report, own);
  return report;
}

/** The embedded engine and the simulated models stand behind a server of the project's own, which the first job starts. */
async function examineOwn({ files, config, role, endpoint }: Bound, options: DoctorOptions): Promise<ServerReport> {
  const model = endpoint.kind === 'simulated' ? endpoint.model : 'policy';
  const server = await findServer(files, options.signal);
  const asked = (baseUrl: string): Asked => ({ role, baseUrl, hasKey: server !== undefined, apiKeyEnv: undefined, stream: false, concurrency: 1, maxTokens: role === 'policy' ? config.probe.maxTokens : 0 });
  if (!server) {
    const checkpoint = endpoint.kind === 'embedded' ? files.absolute(endpoint.checkpoint) : undefined;
    const problem = checkpoint === undefined || existsSync(checkpoint) ? null : { kind: 'checkpoint' as const, message: `There is no file ${files.relative(checkpoint)}, the initial weights of the policy.` };
    const state = problem ? ('unreachable' as const) : endpoint.kind === 'simulated' ? ('simulated' as const) : ('notStarted' as const);
    const identity: ServerIdentity = { kind: 'looptool', version: null, model, ctx: null, auth: 'unknown', state, problem, listed: null, slots: null, speculative: false, weights: null };
    return reportOf(asked('http://127.0.0.1/v1'), { identity, behaviour: undefined, cached: false });
  }
  const address = { baseUrl: server.baseUrl, model, key: server.key };
  if (endpoint.kind === 'simulated') {
    // It answers the prompts of its own stage and nothing else.
    options.tell?.({ role, host: new URL(server.baseUrl).host, step: 'contact' });
    const identity = await contact(address, options.waits ?? usualWaits, options.signal);
    return reportOf(asked(server.baseUrl), { identity, behaviour: undefined, cached: false });
  }
  const own: ExamineOptions = { ...options, files, tell: (step) => options.tell?.({ role, host: new URL(server.baseUrl).host, step }) };
  const examined = await examineServer(address, own);
  return reportOf(asked(server.baseUrl), examined);
}

export type AddressOptions = { readonly url: string; readonly model: string | undefined; readonly key: string | undefined; readonly apiKeyEnv: string | undefined };

/** A server that no project knows. Without a model, the first that it lists. */
export async function examineAddress({ url, model, key, apiKeyEnv }: AddressOptions, options: Omit<DoctorOptions, 'keyOf'>): Promise<DoctorReport> {
  const baseUrl = baseUrlOf(url);
  const { host } = new URL(baseUrl);
  const own: ExamineOptions = { ...options, files: undefined, tell: (step) => options.tell?.({ role: undefined, host, step }) };
  const named = model ?? (await contact({ baseUrl, model: '', key }, options.waits ?? usualWaits, options.signal)).listed?.[0] ?? '';
  const examined = await examineServer({ baseUrl, model: named, key }, own);
  const asked: Asked = { role: undefined, baseUrl, hasKey: key !== undefined, apiKeyEnv, stream: true, concurrency: 'adaptive', maxTokens: 1024 };
  return { v: 1, servers: [reportOf(asked, examined)] };
}

/** People paste the address that the server printed. */
function baseUrlOf(text: string): string {
  const given = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(given)) throw new LoopToolError('usage', `${text} is no address. Write one such as http://127.0.0.1:8000/v1`);
  const url = new URL(given);
  return withoutSlash(url.pathname === '/' ? `${url.origin}/v1` : given);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
