import { resolve } from 'node:path';
import type { ProjectConfig } from '../../core/config/projectConfig.ts';
import { isLoopToolError, LoopToolError } from '../../core/errors.ts';
import type { DoctorReport, FoundServer } from '../../protocol/serverReport.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import type { AppPorts } from '../ports.ts';
import { discoverServers } from './discover.ts';
import { discoveryText } from './discoveryText.ts';
import { doctorRoles, examineAddress, examineProject, type DoctorOptions } from './doctor.ts';
import type { DoctorStep } from './examineServer.ts';
import { doctorText } from './screen.ts';
import type { Role } from './warnings.ts';

export type DoctorProgress = { readonly role: Role | undefined; readonly host: string; readonly what: string };

export type RunDoctorOptions = {
  readonly project: string;
  /** All that are bound when empty. */
  readonly roles: readonly string[];
  /** A server that no project knows. */
  readonly url: string | undefined;
  readonly model: string | undefined;
  readonly apiKeyEnv: string | undefined;
  readonly fresh: boolean;
  readonly wait: boolean;
  readonly tell: (progress: DoctorProgress) => void;
};

export const stepWords: Readonly<Record<DoctorStep, string>> = {
  contact: 'who answers there',
  loading: 'waiting for it to load its model',
  plain: 'a plain question',
  tools: 'a question with a tool',
  tokens: 'tokens of a prompt',
  raw: 'a prompt of our own',
  structured: 'an answer in JSON',
  repeats: 'one question sixteen times',
};

export async function runDoctor(ports: AppPorts, options: RunDoctorOptions, signal: AbortSignal): Promise<{ readonly report: DoctorReport; readonly text: string }> {
  const { fresh, wait, url, model, apiKeyEnv } = options;
  const shared: DoctorOptions = { clock: ports.clock, signal, fresh, wait, keyOf: ports.keys, tell: ({ role, host, step }) => options.tell({ role, host, what: stepWords[step] }) };
  const report = url === undefined ? await ofProject(options, shared) : await examineAddress({ url, model, apiKeyEnv, key: keyIn(apiKeyEnv) }, shared);
  return { report, text: doctorText(report, ports.clock.now()) };
}

async function ofProject({ project, roles, model }: RunDoctorOptions, shared: DoctorOptions): Promise<DoctorReport> {
  if (model !== undefined) throw new LoopToolError('usage', '--model belongs to --url: the models of a project stand in its looptool.json.');
  const files = new ProjectFiles(resolve(project));
  return await examineProject(files, await configOf(files), roles.map(roleOf), shared);
}

async function configOf(files: ProjectFiles): Promise<ProjectConfig> {
  try {
    return await files.readConfig();
  } catch (error) {
    if (!isLoopToolError(error, 'config-missing')) throw error;
    throw new LoopToolError('config-missing', `${error.message} A server without a project: looptool doctor --url http://HOST:PORT/v1, and looptool doctor --discover looks for those on this machine.`);
  }
}

function roleOf(name: string): Role {
  const role = doctorRoles.find((one) => one === name);
  if (role === undefined) throw new LoopToolError('usage', `There is no role "${name}". Roles are ${doctorRoles.join(', ')}.`);
  return role;
}

function keyIn(variable: string | undefined): string | undefined {
  if (variable === undefined) return undefined;
  const key = process.env[variable];
  if (key === undefined || key === '') throw new LoopToolError('endpoint-key', `The environment variable ${variable} is not set. Set it to the key of the server, and run the command again.`);
  return key;
}

export async function runDiscovery(signal: AbortSignal): Promise<{ readonly found: readonly FoundServer[]; readonly text: string }> {
  const found = await discoverServers({ signal });
  return { found, text: discoveryText(found) };
}
