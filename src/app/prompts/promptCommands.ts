import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isLoopToolError, LoopToolError } from '../../core/errors.ts';
import { promptFileName, writePromptFile } from '../../core/llm/prompts/promptFile.ts';
import { builtInPrompts, isPromptName, promptDefinitions, promptNames, type PromptName } from '../../core/llm/prompts/promptSet.ts';
import { versionLabel, type PromptDefinition, type PromptTemplate } from '../../core/llm/prompts/template.ts';
import { lineDiff } from '../../core/text/lineDiff.ts';
import { describeSystemError, writeFileAtomic } from '../../node/atomicFile.ts';
import { ProjectFiles, readText } from '../../node/projectFiles.ts';
import { openProject } from '../project.ts';
import { promptFolder, readProjectPrompts, type ProjectPrompts, type PromptFileProblem } from './projectPrompts.ts';

/** What `looptool prompts` and the editor do with prompts. Paths in results are relative to the project. */

export type ListPromptsOptions = { readonly project: string };
export type ListedPrompt = {
  readonly name: PromptName;
  /** As records name it. */
  readonly version: string;
  readonly hash: string;
  readonly purpose: string;
  /** The file of the project that stands in its place; of one that cannot be used, too. */
  readonly file: string | undefined;
  readonly slots: readonly { readonly name: string; readonly required: boolean; readonly holds: string }[];
};

/** All prompts as the project uses them; where there is no project, as they are shipped. */
export async function listPrompts({ project }: ListPromptsOptions): Promise<readonly ListedPrompt[]> {
  const own = await ownPrompts(project);
  return promptNames.map((name) => {
    const definition: PromptDefinition = promptDefinitions[name];
    const template = own?.read.prompts[name] ?? builtInPrompts[name];
    const file = own?.read.files.get(name);
    const slots = Object.entries(definition.slots).map(([slot, { required, holds }]) => ({ name: slot, required, holds }));
    return { name, version: versionLabel(template), hash: template.hash, purpose: definition.purpose, file: file && own?.files.relative(file), slots };
  });
}

export type ShowPromptOptions = { readonly project: string; readonly name: string; /** Also where the project has its own. */ readonly shipped?: boolean };

/** The text of the file: the project's own, or the one that would be ejected. */
export async function showPrompt({ project, name, shipped = false }: ShowPromptOptions): Promise<{ readonly name: PromptName; readonly file: string | undefined; readonly text: string }> {
  const known = promptCalled(name);
  const own = shipped ? undefined : await ownPrompts(project);
  const file = own?.read.files.get(known);
  const text = file === undefined ? undefined : await readText(file);
  return { name: known, file: text === undefined || file === undefined ? undefined : own?.files.relative(file), text: text ?? writePromptFile(known) };
}

export type EjectOptions = {
  readonly project: string;
  /** All when there is none. */
  readonly names: readonly string[];
  /** Relative to the project; the folder of looptool.json when absent. */
  readonly directory?: string | undefined;
  /** Replaces files that are there. */
  readonly force?: boolean;
};
export type Ejected = {
  readonly directory: string;
  readonly written: readonly string[];
  /** There already, and left as they are. */
  readonly kept: readonly string[];
  /** Whether looptool.json names this folder: files elsewhere are not used. */
  readonly used: boolean;
};

/** Writes shipped prompts into the project, which uses them from then on. Throws `usage` for a named file that is there already. */
export async function ejectPrompts({ project, names, directory, force = false }: EjectOptions): Promise<Ejected> {
  const { files, config } = await openProject(project);
  const wanted = names.map(promptCalled);
  const configured = files.absolute(config.prompts ?? promptFolder);
  const folder = directory === undefined ? configured : files.absolute(directory);
  const [written, kept]: [string[], string[]] = [[], []];
  const present: PromptName[] = [];
  for (const name of wanted.length === 0 ? promptNames : wanted) if ((await readText(join(folder, promptFileName(name)))) !== undefined) present.push(name);
  const [first] = present;
  if (first !== undefined && wanted.length > 0 && !force) throw new LoopToolError('usage', `${files.relative(join(folder, promptFileName(first)))} is there already. Edit it, or write the shipped text over it with --force (looptool prompts diff ${first} shows what would be lost).`);
  for (const name of wanted.length === 0 ? promptNames : wanted) {
    const file = join(folder, promptFileName(name));
    if (present.includes(name) && !force) kept.push(files.relative(file));
    else {
      await write(folder, file, writePromptFile(name));
      written.push(files.relative(file));
    }
  }
  return { directory: files.relative(folder), written, kept, used: folder === configured };
}

async function write(folder: string, file: string, text: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFileAtomic(file, text);
  } catch (cause) {
    throw new LoopToolError('write-failed', `${file} could not be written: ${describeSystemError(cause)}. Check free space and permissions, or name another folder with --dir.`, { cause });
  }
}

export type CheckPromptsOptions = { readonly project: string };
export type CheckedPrompts = { readonly files: readonly string[]; readonly problems: readonly PromptFileProblem[]; readonly notices: readonly string[] };

/** Whether the project's own prompts can be used, as a job finds out before it asks anything. */
export async function checkPrompts({ project }: CheckPromptsOptions): Promise<CheckedPrompts> {
  const { files, config } = await openProject(project);
  const { files: own, problems, notices } = await readProjectPrompts(files, config);
  return { files: [...own.values()].map((file) => files.relative(file)), problems: problems.map((problem) => ({ ...problem, file: files.relative(problem.file) })), notices };
}

export type DiffPromptsOptions = { readonly project: string; /** All that the project has of its own when absent. */ readonly name?: string | undefined };
export type PromptDiff = { readonly name: PromptName; readonly file: string; /** Unified, from the shipped text to the project's; empty where they are the same. */ readonly diff: string };

/** What the project's own prompts say otherwise than the shipped ones of today. */
export async function diffPrompts({ project, name }: DiffPromptsOptions): Promise<readonly PromptDiff[]> {
  const { files, config } = await openProject(project);
  const known = name === undefined ? undefined : promptCalled(name);
  const { files: own, prompts, problems } = await readProjectPrompts(files, config);
  const diffs: PromptDiff[] = [];
  for (const [each, path] of own) {
    if (known !== undefined && each !== known) continue;
    const file = files.relative(path);
    const broken = problems.some((problem) => problem.file === path);
    const diff = broken ? lineDiff(file, writePromptFile(each), (await readText(path)) ?? '') : lineDiff(file, messagesText(builtInPrompts[each]), messagesText(prompts[each]));
    diffs.push({ name: each, file, diff });
  }
  if (known !== undefined && diffs.length === 0) throw new LoopToolError('usage', `The project has no ${known} of its own: it uses the shipped one. Eject it first: looptool prompts eject ${known}`);
  return diffs;
}

function messagesText({ system, user }: PromptTemplate): string {
  return `# System\n\n${system}\n\n# User\n\n${user}\n`;
}

function promptCalled(name: string): PromptName {
  if (isPromptName(name)) return name;
  throw new LoopToolError('usage', `There is no prompt "${name}". The prompts are ${promptNames.join(', ')}.`);
}

async function ownPrompts(project: string): Promise<{ readonly files: ProjectFiles; readonly read: ProjectPrompts } | undefined> {
  const files = new ProjectFiles(resolve(project));
  const config = await files.readConfig().catch((error: unknown) => {
    if (isLoopToolError(error, 'config-missing')) return undefined;
    throw error;
  });
  return config && { files, read: await readProjectPrompts(files, config) };
}
