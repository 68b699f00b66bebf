import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { parseProjectConfig } from '../core/config/parse.ts';
import { recogniseDialect } from '../core/dataset/dataset.ts';
import { LoopToolError } from '../core/errors.ts';
import { describeSystemError, writeFileAtomic } from '../node/atomicFile.ts';
import { ProjectFiles, configFileName, readText } from '../node/projectFiles.ts';
import { makeStateFolder } from '../node/stateFolder.ts';
import { atProject } from './atProject.ts';
import type { AppPorts } from './ports.ts';

export type InitOptions = {
  readonly project: string;
  /** `full`: the demonstration of two minutes a round; `smoke`: the same in seconds; `none`: a project for one's own data. */
  readonly sample: 'none' | 'full' | 'smoke';
};

export type InitResult = { readonly project: string; readonly files: readonly string[]; readonly next: string };

export async function initProject(ports: AppPorts, options: InitOptions): Promise<InitResult> {
  const root = resolve(options.project);
  const files = new ProjectFiles(root);
  const at = atProject(options.project);
  if ((await readText(files.config())) !== undefined) {
    throw new LoopToolError('usage', `${root} is a project already (${configFileName} exists). Choose another folder with --project, or go on with: looptool run --rounds 2${at}`);
  }
  await mkdir(root, { recursive: true });
  const written = options.sample === 'none' ? await writeOwnProject(files) : await copySample(ports, files, options.sample);
  await makeStateFolder(files);
  const next = options.sample === 'none' ? `Edit ${configFileName}: datasets and endpoints. Then: looptool validate${at}, and looptool run --rounds 1${at}` : `looptool run --rounds 2${at}`;
  return { project: root, files: written, next };
}

/** The configuration is written last: a copy that was cut off is no project yet, and is made again. */
async function copySample(ports: AppPorts, files: ProjectFiles, size: 'full' | 'smoke'): Promise<readonly string[]> {
  const from = join(ports.mediaDirectory, 'sample');
  const configText = await shipped(join(from, size === 'smoke' ? 'looptool.smoke.json' : configFileName));
  const parsed = parseProjectConfig(configText);
  if (!parsed.ok) throw new LoopToolError('config-invalid', `The sample project that is shipped in ${from} does not fit this version: ${parsed.problems[0]?.message ?? ''} Install LoopTool anew.`);
  const { datasets, endpoints } = parsed.config;
  const paths = [...datasets.seed, ...datasets.heldOut].map(({ path }) => path);
  if (datasets.truth !== undefined) paths.push(datasets.truth);
  if (endpoints.policy.kind === 'embedded') paths.push(endpoints.policy.checkpoint);
  for (const path of paths) {
    const target = join(files.root, path);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(from, path), target);
  }
  await writeFileAtomic(files.config(), configText);
  return [...paths, configFileName];
}

async function shipped(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new LoopToolError('dataset-missing', `The sample project is not where it should be (${path}): ${describeSystemError(cause)}. Install LoopTool anew.`, { cause });
  }
}

async function writeOwnProject(files: ProjectFiles): Promise<readonly string[]> {
  const found = await findDatasets(files.root);
  const server = { kind: 'openai', baseUrl: 'http://127.0.0.1:8000/v1', model: 'your-model' };
  const config = {
    version: 1,
    name: files.root.split(sep).at(-1) ?? 'project',
    datasets: datasetsOf(found),
    endpoints: { policy: server, judge: server, generator: server },
    trainer: { kind: 'none' },
  };
  await writeFileAtomic(files.config(), `${JSON.stringify(config, undefined, 2)}\n`);
  return [configFileName];
}

/** A word of the name that says that the file is for measuring; `latest` and `device` are none. */
const heldOutName = /(?:^|[^a-z])(?:test(?:s|ing)?|held[a-z]*|eval[a-z]*|valid[a-z]*|val|dev)(?:[^a-z]|$)/i;

/** Files for measuring are never among those to train on, not even where there are no others. */
function datasetsOf(found: readonly string[]) {
  const stem = (path: string) => posix.parse(path).name;
  const heldOut = found.filter((path) => heldOutName.test(stem(path)));
  const seed = found.filter((path) => !heldOut.includes(path));
  const isOnly = (path: string) => heldOut.filter((other) => stem(other) === stem(path)).length === 1;
  return {
    seed: (seed.length > 0 ? seed : ['data/train.jsonl']).map((path) => ({ path })),
    // Sets of one name would be joined.
    heldOut: heldOut.map((path) => ({ name: isOnly(path) ? stem(path) : path, path })),
  };
}

/** Files of the folder, and of its `data`, that look like tool-call data. */
async function findDatasets(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of [root, join(root, 'data')]) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((entry) => /\.(jsonl|json)$/.test(entry)).sort()) {
      const path = join(folder, name);
      const text = await readFile(path, 'utf8').catch(() => '');
      // The beginning is enough to know a dialect by.
      const head = text.slice(0, 200_000);
      const { dialect, confidence } = recogniseDialect(head);
      if (confidence >= 0.5 && dialect?.id !== 'companion') found.push(relative(root, path).split(sep).join('/'));
    }
  }
  return found;
}
