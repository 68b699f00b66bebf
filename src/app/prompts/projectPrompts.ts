import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectConfig } from '../../core/config/projectConfig.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { PromptFile } from '../../core/llm/prompts/promptFile.ts';
import { builtInPrompts, isPromptName, promptNames, type PromptName, type PromptSet } from '../../core/llm/prompts/promptSet.ts';
import type { PromptTemplate } from '../../core/llm/prompts/template.ts';
import { describeSystemError, systemErrorCode } from '../../node/atomicFile.ts';
import { readText, type ProjectFiles } from '../../node/projectFiles.ts';

/** Folder of the project's own prompts where looptool.json names none. */
export const promptFolder = 'prompts';

/** `line` from 1; `file` is absolute. */
export type PromptFileProblem = { readonly file: string; readonly line: number; readonly message: string };
export type ProjectPrompts = {
  readonly directory: string;
  /** Files of the project that stand in the place of a shipped prompt. */
  readonly files: ReadonlyMap<PromptName, string>;
  /** The shipped prompts, with those of the project that can be used in their place. */
  readonly prompts: PromptSet;
  readonly problems: readonly PromptFileProblem[];
  /** Where a newer text is shipped than the one that a file is made from; one sentence each. */
  readonly notices: readonly string[];
};

/** Reads what the project has of its own, mistakes and all. Throws only where the folder cannot be read. */
export async function readProjectPrompts(files: ProjectFiles, config: Pick<ProjectConfig, 'prompts'>, directory = files.absolute(config.prompts ?? promptFolder)): Promise<ProjectPrompts> {
  const found = new Map<PromptName, string>();
  const own: Partial<Record<PromptName, PromptTemplate>> = {};
  const problems: PromptFileProblem[] = [];
  const notices: string[] = [];
  for (const entry of await filesOf(directory)) {
    const file = join(directory, entry);
    const name = entry.slice(0, -'.md'.length);
    if (!isPromptName(name)) {
      problems.push(...(await strayFile(file)));
      continue;
    }
    const text = await readText(file);
    if (text === undefined) continue;
    found.set(name, file);
    // Most projects have none of their own.
    const { readPromptFile } = await import('../../core/llm/prompts/promptFile.ts');
    const read: PromptFile = readPromptFile(name, text);
    if (!read.ok) {
      problems.push(...read.problems.map((problem) => ({ file, ...problem })));
      continue;
    }
    own[name] = read.template;
    if (read.newer !== undefined) notices.push(`${files.relative(file)} is made from ${read.template.version}, and ${read.newer} is shipped by now. See: looptool prompts diff ${name}`);
  }
  return { directory, files: found, prompts: { ...builtInPrompts, ...own }, problems, notices };
}

async function filesOf(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((entry) => entry.endsWith('.md')).sort();
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new LoopToolError('config-invalid', `The folder of the prompts, ${directory}, cannot be read: ${describeSystemError(cause)}. Check its permissions, or name another one as "prompts" in looptool.json.`, { cause });
  }
}

/** A prompt under a name that there is not would silently not be used; other Markdown files are nobody's business. */
async function strayFile(file: string): Promise<readonly PromptFileProblem[]> {
  const text = (await readText(file)) ?? '';
  if (!/^\ufeff?---\r?\n(?:.*\r?\n)*?\s*slots\s*:/u.test(text.slice(0, 2000))) return [];
  return [{ file, line: 1, message: `No prompt has the name of this file, so that nothing uses it. Call it after one of ${promptNames.join(', ')}, or remove it.` }];
}

/** The prompts of a project for something that asks models. Throws `config-invalid` with file and line of every mistake. */
export async function usablePrompts(files: ProjectFiles, config: Pick<ProjectConfig, 'prompts'>): Promise<ProjectPrompts> {
  const read = await readProjectPrompts(files, config);
  if (read.problems.length === 0) return read;
  throw new LoopToolError('config-invalid', `Prompts of the project cannot be used:\n${problemLines(read.problems)}\nNothing was asked. Put them right (looptool prompts check), or remove the files: then the shipped prompts are used.`);
}

export function problemLines(problems: readonly PromptFileProblem[]): string {
  return problems.map(({ file, line, message }) => `  ${file}:${line} ${message}`).join('\n');
}
