import { readFile, readdir } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import { parseProjectConfig } from '../core/config/parse.ts';
import type { DatasetEntry, ProjectConfig } from '../core/config/projectConfig.ts';
import { trainRowSchema, type TrainRow } from '../core/dataset/sample.ts';
import { LoopToolError } from '../core/errors.ts';
import { stringifyJson } from '../core/json/stringify.ts';
import { roundManifestSchema, type RoundManifest } from '../core/rounds/manifest.ts';
import { roundDirectoryName, roundOfDirectoryName } from '../core/rounds/naming.ts';
import { describeSystemError, systemErrorCode, writeFileAtomic } from './atomicFile.ts';
import type { ConfiguredCompanions } from './companionFiles.ts';
import { parseLine } from './jsonLine.ts';
import { plainJson } from './plainJson.ts';
import { readLines } from './readLines.ts';

export const configFileName = 'looptool.json';

/** Where everything of one project stands; docs/on-disk.md is the contract. */
export class ProjectFiles {
  constructor(readonly root: string) {}

  readonly config = (): string => join(this.root, configFileName);
  readonly state = (): string => join(this.root, '.looptool');
  readonly decisions = (): string => join(this.state(), 'decisions.jsonl');
  readonly queues = (): string => join(this.state(), 'queues.json');
  readonly applied = (): string => join(this.state(), 'applied.jsonl');
  readonly appliedLock = (): string => join(this.state(), 'applied.lock');
  readonly suppressions = (): string => join(this.state(), 'suppressions.jsonl');
  readonly serverFile = (): string => join(this.state(), 'server.json');
  readonly serverLock = (): string => join(this.state(), 'server.lock');
  readonly serverLog = (): string => join(this.state(), 'server.log');
  readonly jobs = (): string => join(this.state(), 'jobs');
  readonly jobFile = (id: string): string => join(this.jobs(), `${id}.json`);
  readonly jobLog = (id: string): string => join(this.jobs(), `${id}.log`);
  readonly rounds = (): string => join(this.state(), 'rounds');

  /** What was asked of single samples, outside of a round; `samples` holds each as it was then. */
  readonly scratch = (name: 'samples' | 'probe' | 'verify' | 'expand'): string => join(this.state(), 'scratch', `${name}.jsonl`);

  round(round: number): RoundFiles {
    return new RoundFiles(join(this.rounds(), roundDirectoryName(round)));
  }

  /** A path of looptool.json, made absolute. */
  absolute(path: string): string {
    return isAbsolute(path) ? path : resolve(this.root, path);
  }

  /** The companion files that looptool.json names for a dataset, made absolute. */
  companions(entry: Pick<DatasetEntry, 'companions'>): ConfiguredCompanions | undefined {
    if (entry.companions === undefined) return undefined;
    const { answers, tools } = entry.companions;
    const absolute = (paths: string | readonly string[]): readonly string[] => (typeof paths === 'string' ? [paths] : paths).map((path) => this.absolute(path));
    return { ...(answers === undefined ? {} : { answers: absolute(answers) }), ...(tools === undefined ? {} : { tools: absolute(tools) }) };
  }

  /** As stored in manifests: relative, with forward slashes, where the file lies inside the project. */
  relative(path: string): string {
    const inside = relative(this.root, path);
    return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/');
  }

  async readConfig(): Promise<ProjectConfig> {
    const text = await readText(this.config());
    if (text === undefined) {
      throw new LoopToolError('config-missing', `There is no ${configFileName} in ${this.root}. Make one with: looptool init (or looptool init --sample for one that runs at once).`);
    }
    const parsed = parseProjectConfig(text);
    if (parsed.ok) return parsed.config;
    const lines = parsed.problems.map((problem) => `  ${this.config()}:${problem.line}:${problem.column} ${problem.path}: ${problem.message}`);
    throw new LoopToolError('config-invalid', `${configFileName} has mistakes:\n${lines.join('\n')}`);
  }

  /** Numbers of the rounds that exist, ascending. */
  async listRounds(): Promise<readonly number[]> {
    const names = await readdir(this.rounds()).catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    });
    return names
      .map(roundOfDirectoryName)
      .filter((round) => round !== undefined)
      .sort((a, b) => a - b);
  }
}

export class RoundFiles {
  constructor(readonly directory: string) {}

  readonly manifest = (): string => join(this.directory, 'round.json');
  readonly lock = (): string => join(this.directory, 'round.lock');
  readonly train = (): string => join(this.directory, 'train.jsonl');
  readonly trainDirectory = (): string => join(this.directory, 'train');
  readonly exportDirectory = (): string => join(this.directory, 'export');
  readonly journal = (stage: 'probe' | 'repeat' | 'verify' | 'expand' | 'evaluate'): string => join(this.directory, `${stage}.jsonl`);

  async readManifest(): Promise<RoundManifest | undefined> {
    const text = await readText(this.manifest());
    if (text === undefined) return undefined;
    const parsed = parseLine(text);
    const manifest = parsed.ok ? roundManifestSchema.safeParse(parsed.value) : undefined;
    if (!manifest?.success) {
      const why = parsed.ok ? z.prettifyError(manifest?.error ?? new z.ZodError([])) : parsed.message;
      throw new LoopToolError('journal-unreadable', `${this.manifest()} cannot be read: ${why}. Restore it, or remove the folder of the round to start it anew.`);
    }
    return manifest.data;
  }

  async writeManifest(manifest: RoundManifest): Promise<void> {
    await writeFileAtomic(this.manifest(), `${JSON.stringify(manifest, undefined, 2)}\n`);
  }

  async readTrainRows(): Promise<readonly TrainRow[]> {
    const rows: TrainRow[] = [];
    for await (const line of readLines(this.train())) {
      if (line.text.trim() === '') continue;
      const parsed = parseLine(line.text);
      const row = parsed.ok ? trainRowSchema.safeParse(parsed.value) : undefined;
      if (!row?.success) {
        throw new LoopToolError('dataset-unreadable', `${this.train()}:${line.number} is not a training row. Remove the folder of the round and run the round before it once more.`);
      }
      rows.push(row.data);
    }
    return rows;
  }

  async writeTrainRows(rows: readonly TrainRow[]): Promise<void> {
    await writeFileAtomic(this.train(), rows.map((row) => `${stringifyJson(plainJson(row))}\n`).join(''));
  }
}

/** The text of a file, undefined when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return undefined;
    throw new LoopToolError('dataset-unreadable', `${path} could not be read: ${describeSystemError(cause)}.`, { cause });
  }
}
