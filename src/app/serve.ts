import { randomBytes, randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { ProjectConfig } from '../core/config/projectConfig.ts';
import { LoopToolError } from '../core/errors.ts';
import { EmbeddedModel } from '../embedded/serving/embeddedModel.ts';
import { OpenaiServer } from '../embedded/serving/openaiServer.ts';
import type { ServedModel } from '../embedded/serving/servedModel.ts';
import { serverFileSchema, type ServerFile } from '../protocol/serverFile.ts';
import { systemErrorCode, writeFileAtomic } from '../node/atomicFile.ts';
import { readText } from '../node/projectFiles.ts';
import { findServer } from '../node/serverProcess.ts';
import { makeStateFolder } from '../node/stateFolder.ts';
import { serverSettings } from './connections.ts';
import type { AppPorts } from './ports.ts';
import { openProject, type Project } from './project.ts';
import { threadCount } from './trainers/trainerFor.ts';

export type ServeOptions = {
  readonly project: string;
  readonly port?: number | undefined;
  /** Bearer key of the server; a random one is made, and written to .looptool/server.json, when absent. */
  readonly key?: string | undefined;
  /** The server ends by itself when nobody has asked for so long. */
  readonly idleExitSeconds?: number | undefined;
};

export type Serving = {
  readonly file: ServerFile;
  readonly models: readonly { readonly id: string; readonly simulated: boolean; readonly fingerprint: string | undefined }[];
  /** Resolves when the server has ended: stopped, or idle. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
};

/** Serves the project's embedded and simulated models on the loopback address until it is closed. */
export async function serve(ports: AppPorts, options: ServeOptions, signal: AbortSignal, log: (message: string) => void): Promise<Serving> {
  const project = await openProject(options.project);
  const running = await findServer(project.files, signal);
  const settings = serverSettings(project.config, ports);
  if (running && running.settings === settings) {
    throw new LoopToolError('usage', `A server for this project already runs at ${running.baseUrl} (process ${running.pid}). Use it, or end that process first.`);
  }
  const { models, close: closeModels } = await makeModels(project, ports);
  if (models.length === 0) throw new LoopToolError('usage', 'Nothing to serve: no endpoint of looptool.json is of kind "embedded" or "simulated".');
  const key = options.key ?? randomBytes(24).toString('base64url');
  const server = await listen(models, key, options, ports, log).catch(async (error: unknown) => {
    await closeModels();
    throw error;
  });
  const file: ServerFile = {
    v: 1,
    pid: process.pid,
    host: hostname(),
    baseUrl: server.baseUrl,
    key,
    startedAt: new Date(ports.clock.now()).toISOString(),
    settings,
  };
  await makeStateFolder(project.files);
  // Only the owner may read the key.
  await writeFileAtomic(project.files.serverFile(), `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 });
  const closed = server.closed.then(async () => {
    await removeOwnFile(project, file);
    await closeModels();
  });
  return {
    file,
    models: models.map((model) => ({ id: model.id, simulated: model.describe().simulated, fingerprint: model.describe().fingerprint })),
    closed,
    close: async () => {
      await server.close();
      await closed;
    },
  };
}

async function listen(models: readonly ServedModel[], key: string, options: ServeOptions, ports: AppPorts, log: (message: string) => void): Promise<OpenaiServer> {
  try {
    return await OpenaiServer.start({
      models,
      key,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.idleExitSeconds === undefined ? {} : { idleExitMs: options.idleExitSeconds * 1000 }),
      log: (message, error) => log(`${message} ${error instanceof Error ? error.message : ''}`.trim()),
      now: () => ports.clock.now(),
    });
  } catch (cause) {
    if (systemErrorCode(cause) === 'EADDRINUSE') throw new LoopToolError('usage', `Port ${options.port} is taken. Choose another with --port, or leave it out for a free one.`, { cause });
    throw cause;
  }
}

async function makeModels(project: Project, ports: AppPorts): Promise<{ readonly models: readonly ServedModel[]; readonly close: () => Promise<void> }> {
  const { policy, judge, generator } = project.config.endpoints;
  const models: ServedModel[] = [];
  let embedded: EmbeddedModel | undefined;
  if (policy.kind === 'embedded') {
    embedded = await EmbeddedModel.start({
      id: 'policy',
      checkpoint: project.files.absolute(policy.checkpoint),
      threads: threadCount(policy.threads),
      assetsDirectory: ports.assetsDirectory,
      drawSeed: () => randomInt(2 ** 31),
    });
    models.push(embedded);
  }
  // The demo's world is loaded only where a project asks for it.
  if (judge.kind === 'simulated') models.push(await simulatedJudge(judge));
  if (generator.kind === 'simulated') models.push(await simulatedGenerator(generator));
  return { models, close: async () => embedded?.close() };
}

type Simulated = Extract<ProjectConfig['endpoints']['judge'], { kind: 'simulated' }>;

async function simulatedJudge(settings: Simulated): Promise<ServedModel> {
  const { createSimulatedJudge } = await import('../demo/simulatedJudge.ts');
  return createSimulatedJudge(settings);
}

async function simulatedGenerator(settings: Simulated): Promise<ServedModel> {
  const { createSimulatedGenerator } = await import('../demo/simulatedGenerator.ts');
  return createSimulatedGenerator(settings);
}

/** A server that was started meanwhile has written its own file, which stays. */
async function removeOwnFile(project: Project, own: ServerFile): Promise<void> {
  const text = await readText(project.files.serverFile());
  const found = serverFileSchema.safeParse(text === undefined ? undefined : JSON.parse(text));
  if (found.success && found.data.pid === own.pid && found.data.key === own.key) await rm(project.files.serverFile(), { force: true });
}
