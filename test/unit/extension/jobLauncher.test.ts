import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogOutputChannel, SecretStorage } from 'vscode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clearKey, setKey } from '../../../src/extension/commands/connectionCommands.ts';
import { EndpointKeys } from '../../../src/extension/endpointKeys.ts';
import { JobLauncher } from '../../../src/extension/jobs/jobLauncher.ts';
import type { JobMonitor, WatchedJob } from '../../../src/extension/jobs/jobMonitor.ts';
import type { Services } from '../../../src/extension/services.ts';
import { jobRequestSchema, type JobFile } from '../../../src/protocol/jobFile.ts';
import { buildProject, writeJob } from '../../builders/builtProject.ts';

/** What the person types and picks, and every word that the extension shows. */
const person = vi.hoisted(() => ({ types: '', shown: [] as unknown[] }));

vi.mock('vscode', () => ({
  l10n: { t: (message: string, ...values: readonly unknown[]) => message.replaceAll(/\{(\d)\}/g, (_all, i: string) => String(values[Number(i)])) },
  QuickPickItemKind: { Separator: -1 },
  ProgressLocation: {},
  window: {
    showQuickPick: (items: readonly unknown[]) => (person.shown.push(items), Promise.resolve(items[0])),
    showInputBox: (options: unknown) => (person.shown.push(options), Promise.resolve(person.types)),
    showInformationMessage: (message: string) => (person.shown.push(message), Promise.resolve(undefined)),
  },
}));

const key = 'sk-held-in-secret-storage';
const origin = 'http://127.0.0.1:9';

let folder: string;
let directory: string;
let secrets: Map<string, string>;
let logged: unknown[];
let services: Services;
let launcher: JobLauncher;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'looptool-keys-'));
  directory = join(folder, 'project');
  mkdirSync(directory);
  buildProject(directory);
  secrets = new Map();
  logged = [];
  person.types = key;
  person.shown = [];
  const storage = { get: (name: string) => Promise.resolve(secrets.get(name)), store: (name: string, value: string) => Promise.resolve(void secrets.set(name, value)), delete: (name: string) => Promise.resolve(void secrets.delete(name)) };
  // The parts of the editor's interfaces that are used here.
  const keys = new EndpointKeys(storage as unknown as SecretStorage);
  const log = { info: (text: unknown) => logged.push(text), error: (text: unknown) => logged.push(text) } as unknown as LogOutputChannel;
  const monitor = { refresh: () => Promise.resolve() } as unknown as JobMonitor;
  launcher = new JobLauncher(listeningRunner(), keys, monitor, log);
  services = { keys, log, launcher, projects: { all: [project()] } } as unknown as Services;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const project = (): WatchedJob['project'] => ({ directory, label: 'weather' }) as WatchedJob['project'];

/** A runner that writes down all that it is started with, outside the project, and then its job file. */
function listeningRunner(): string {
  const file = join(folder, 'runner.mjs');
  writeFileSync(
    file,
    `import { readFileSync, renameSync, writeFileSync } from 'node:fs';
const stdin = readFileSync(0, 'utf8');
const { project, id } = JSON.parse(stdin);
writeFileSync(${JSON.stringify(join(folder, 'heard.json'))}, JSON.stringify({ stdin, argv: process.argv, env: process.env }));
writeFileSync(project + '/job', '{}');
renameSync(project + '/job', project + '/.looptool/jobs/' + id + '.json');
`,
  );
  return file;
}

function heard(): { readonly stdin: string; readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  // Written by the runner above.
  return JSON.parse(readFileSync(join(folder, 'heard.json'), 'utf8')) as ReturnType<typeof heard>;
}

/** Every file of the project. */
function projectText(at: string = directory): string {
  return readdirSync(at, { withFileTypes: true }).map((e) => (e.isDirectory() ? projectText(join(at, e.name)) : readFileSync(join(at, e.name), 'utf8'))).join('\n');
}

describe('a key that is set', () => {
  it('lies in the secret storage and reaches a job over standard input, and is nowhere else', async () => {
    await setKey(services);
    expect([...secrets.values()]).toEqual([key]);
    await launcher.start(project(), { kind: 'stage', stage: 'evaluate', round: 1 });
    const { stdin, argv, env } = heard();
    expect(jobRequestSchema.parse(JSON.parse(stdin))).toMatchObject({ project: directory, action: { kind: 'stage', stage: 'evaluate', round: 1 }, keys: { [origin]: key } });
    expect(JSON.stringify([argv, env])).not.toContain(key);
    expect(readdirSync(join(directory, '.looptool/jobs')).map((name) => name.split('.').at(-1)).sort()).toEqual(['json', 'log']);
    expect(projectText()).not.toContain(key);
    expect(logged).not.toEqual([]);
    expect(JSON.stringify([logged, person.shown])).not.toContain(key);
    expect(person.shown).toContainEqual(expect.objectContaining({ password: true }));
  });

  it('goes to jobs of projects with its server only', async () => {
    await services.keys.set('https://elsewhere.example', key);
    await launcher.start(project(), { kind: 'run', rounds: 1 });
    expect(heard().stdin).not.toContain(key);
  });

  it('is gone from later jobs when it is cleared', async () => {
    await setKey(services);
    await clearKey(services);
    await launcher.start(project(), { kind: 'run', rounds: 1 });
    expect(jobRequestSchema.parse(JSON.parse(heard().stdin)).keys).toEqual({});
  });
});

describe('where another process works on the round', () => {
  it('its job is shown, and none is started', async () => {
    // A process that lives as long as this one, and is not this one.
    const { pid } = writeJob(directory, { pid: process.ppid, command: 'run --rounds 1' });
    writeFileSync(join(directory, '.looptool/rounds/0001/round.lock'), JSON.stringify({ v: 1, pid, host: hostname(), startedAt: '', command: '' }));
    await launcher.start(project(), { kind: 'run', rounds: 1 });
    expect(existsSync(join(folder, 'heard.json'))).toBe(false);
    expect(JSON.stringify(person.shown)).toContain(`by process ${pid}`);
  });
});

describe('stopping a job', () => {
  /** A process that tells its end, and the job that it is. */
  function living(job: Partial<JobFile>) {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const signal = new Promise<string | null>((resolve) => child.once('exit', (_code, by) => resolve(by)));
    const watched: WatchedJob = { project: project(), view: { job: writeJob(directory, { pid: child.pid ?? 0, ...job }), state: 'running', logFile: '' } };
    return { child, signal, watched };
  }

  it('signals its process on this machine', async () => {
    const { signal, watched } = living({});
    launcher.stop(watched);
    expect(await signal).toBe('SIGTERM');
  });

  it('of another machine signals nothing here, and says where it runs', async () => {
    const { child, signal, watched } = living({ host: 'elsewhere' });
    const kill = vi.spyOn(process, 'kill');
    expect(() => launcher.stop(watched)).toThrow(/elsewhere/);
    expect(kill).not.toHaveBeenCalled();
    kill.mockRestore();
    child.kill('SIGKILL');
    await signal;
  });

  it('that has ended says so', async () => {
    const { child, signal, watched } = living({});
    child.kill('SIGKILL');
    await signal;
    expect(() => launcher.stop(watched)).toThrow(/may have ended/);
  });
});
