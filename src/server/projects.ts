import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inProject, readBenchmarkRequests } from '../app/datasets/lintProject.ts';
import { parseProjectConfig } from '../core/config/parse.ts';
import type { ProjectConfig } from '../core/config/projectConfig.ts';
import { rules } from '../core/rules/rules.generated.ts';
import { recommendedSettings, ruleSettings, type RuleSettings } from '../core/rules/settings.ts';
import { Suppressions, suppressionSchema, type Suppression } from '../core/rules/suppression.ts';
import { configFileName, ProjectFiles } from '../node/projectFiles.ts';
import type { ProjectDataset, ServerProject } from './serverProject.ts';

type Known = { readonly stamp: string; readonly project: ServerProject };

/** Projects by folder, read again when their files change. Files are small and read at once, so that answers need not wait. */
export class Projects {
  private readonly byDirectory = new Map<string, Known>();
  /** The folder of the project that a folder of documents belongs to; undefined where there is none. */
  private readonly directories = new Map<string, string | undefined>();

  /** `onDidChange` is called when something became known of a project that is in use already. */
  constructor(private readonly onDidChange: () => void) {}

  /** As it was last read. Documents that are not on this disk belong to none. */
  of(uri: string): ServerProject | undefined {
    const path = pathOf(uri);
    if (path === undefined) return undefined;
    const folder = dirname(path);
    if (!this.directories.has(folder)) return this.fresh(uri);
    const directory = this.directories.get(folder);
    return directory === undefined ? undefined : this.byDirectory.get(directory)?.project;
  }

  /** Looks whether the files of the document's project are as they were. */
  fresh(uri: string): ServerProject | undefined {
    const path = pathOf(uri);
    if (path === undefined) return undefined;
    const directory = projectDirectory(dirname(path));
    this.directories.set(dirname(path), directory);
    if (directory === undefined) return undefined;
    const files = new ProjectFiles(directory);
    const stamp = `${stampOf(files.config())} ${stampOf(files.suppressions())}`;
    const known = this.byDirectory.get(directory);
    if (known?.stamp === stamp) return known.project;
    const project = readProject(files);
    this.byDirectory.set(directory, { stamp, project });
    this.addBenchmarks(files, stamp, project);
    return project;
  }

  /** Their requests are read in the background: whole datasets may stand there. */
  private addBenchmarks(files: ProjectFiles, stamp: string, project: ServerProject): void {
    const lint = project.config?.lint;
    if (lint === undefined || lint.benchmarks.length === 0) return;
    readBenchmarkRequests(files, lint).then(
      (requests) => {
        if (this.byDirectory.get(files.root)?.stamp !== stamp) return;
        this.byDirectory.set(files.root, { stamp, project: { ...project, rules: settingsOf(project.config, requests) } });
        this.onDidChange();
      },
      // A benchmark that cannot be read is told of by the command line; here the other rules hold.
      () => undefined,
    );
  }
}

/** The path of a document on this disk; undefined for `untitled:` and all other schemes. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

function projectDirectory(folder: string): string | undefined {
  for (let at = folder; ; ) {
    if (stampOf(join(at, configFileName)) !== '') return at;
    const parent = dirname(at);
    if (parent === at) return undefined;
    at = parent;
  }
}

/** Empty for what is no file. */
function stampOf(path: string): string {
  try {
    const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
    return stats?.isFile() === true ? `${stats.mtimeNs}.${stats.size}` : '';
  } catch {
    return '';
  }
}

function readProject(files: ProjectFiles): ServerProject {
  const text = textOf(files.config());
  const parsed = text === undefined ? undefined : parseProjectConfig(text);
  const config = parsed?.ok === true ? parsed.config : undefined;
  return { directory: files.root, config, rules: settingsOf(config), suppressions: new Suppressions(readSuppressions(files.suppressions()).map((one) => inProject(files, one))), dataset: (path) => datasetOf(files, config, path) };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** An unknown rule is a finding on looptool.json; until it is put right, the recommended rules are in force. */
function settingsOf(config: ProjectConfig | undefined, requests: readonly string[] = []): RuleSettings {
  if (config === undefined) return recommendedSettings;
  try {
    return ruleSettings(config.lint, rules, requests);
  } catch {
    return recommendedSettings;
  }
}

/** Lines that are none are passed over: the command line tells of them. */
function readSuppressions(path: string): Suppression[] {
  return (textOf(path) ?? '').split('\n').flatMap((line) => {
    try {
      const parsed = suppressionSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

function datasetOf(files: ProjectFiles, config: ProjectConfig | undefined, path: string): ProjectDataset | undefined {
  // `relative` knows which platforms tell upper from lower case.
  const entry = [...(config?.datasets.seed ?? []), ...(config?.datasets.heldOut ?? [])].find((one) => relative(files.absolute(one.path), path) === '');
  return entry && { dialect: entry.dialect, steps: entry.steps, companions: files.companions(entry) };
}
