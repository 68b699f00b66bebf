import { relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { Steps } from '../../core/dataset/dialect.ts';
import { dialects } from '../../core/dataset/dialects.generated.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import { LoopToolError } from '../../core/errors.ts';
import { loadCompanions, type ConfiguredCompanions } from '../../node/companionFiles.ts';
import { datasetParts, type DatasetPart } from '../../node/datasetParts.ts';
import type { RecordContainer } from '../../node/datasetSource.ts';
import { readHead, readStreamHead } from './datasetHead.ts';
import { packCompanions } from './packedCompanions.ts';
import type { ReadSetup } from './readSetup.ts';

/** A file to read, with what looptool.json or the command line say of it. */
export type InputFile = {
  readonly part: DatasetPart;
  /** As it is shown. */
  readonly path: string;
  readonly dialect?: string | undefined;
  readonly steps: Steps;
  readonly companions?: ConfiguredCompanions | undefined;
};

export type PreparedInput = {
  /** As it is shown. */
  readonly path: string;
  readonly source: { readonly part: DatasetPart } | { readonly stream: Readable };
  readonly setup: ReadSetup;
  /** From 0 to 1; 1 for a dialect that was named. */
  readonly confidence: number;
  readonly container: RecordContainer;
  /** What is amiss with its companion files. */
  readonly notes: readonly string[];
};

/** What the standard input is called. */
export const stdinName = '<stdin>';

/** The files that are named, folders opened; a file that is named twice is read once. */
export async function inputFiles(entries: readonly (Omit<InputFile, 'part'> & { readonly absolute: string })[]): Promise<readonly InputFile[]> {
  const files = new Map<string, InputFile>();
  for (const { absolute, path, ...entry } of entries) {
    for (const part of await datasetParts(absolute)) {
      const shown = part.path === absolute ? path : `${path}${path.endsWith('/') ? '' : '/'}${relative(absolute, part.path).split(sep).join('/')}`;
      if (!files.has(part.path)) files.set(part.path, { ...entry, part, path: shown });
    }
  }
  return [...files.values()];
}

export type InputOptions = { readonly dialect?: string | undefined; readonly steps?: Steps | undefined; readonly stdin: Readable; readonly signal: AbortSignal };

/** Files, folders and `-` of a command line, in their order. Throws LoopToolError `usage`, `dataset-missing` or `dataset-unreadable`. */
export async function prepareInputs(named: readonly string[], { dialect, steps = 'all', stdin, signal }: InputOptions): Promise<readonly PreparedInput[]> {
  requireDialect(dialect);
  const prepared: PreparedInput[] = [];
  if (named.filter((name) => name === '-').length > 1) throw new LoopToolError('usage', 'The standard input can be read once only: name - once.');
  for (const name of named) {
    if (name === '-') prepared.push(await prepareStream(stdin, { path: stdinName, dialect, steps }, signal));
    else for (const file of await inputFiles([{ absolute: resolve(name), path: name, dialect, steps }])) prepared.push(await prepareFile(file, signal));
  }
  const seen = new Set<string>();
  return prepared.filter(({ setup }) => !seen.has(setup.file) && seen.add(setup.file));
}

export async function prepareFile(file: InputFile, signal: AbortSignal): Promise<PreparedInput> {
  const named = file.dialect === undefined ? undefined : dialectById(file.dialect);
  const head = await readHead(file.part, signal);
  const dialect = named ?? head.dialect;
  const { companions, problems } = await loadCompanions(file.part.path, dialect, file.companions ?? {});
  return {
    path: file.path,
    source: { part: file.part },
    setup: { file: file.part.path, dialect: dialect?.id, fixedDialect: named !== undefined, steps: file.steps, companions: packCompanions(companions) },
    confidence: named === undefined ? head.confidence : 1,
    container: head.container,
    notes: problems,
  };
}

/** A stream is recognised by its first records, which are kept and read again from there. It has no companion files. */
export async function prepareStream(stream: Readable, file: Omit<InputFile, 'part' | 'companions'>, signal: AbortSignal): Promise<PreparedInput> {
  const named = file.dialect === undefined ? undefined : dialectById(file.dialect);
  const head = await readStreamHead(stream, signal);
  return {
    path: file.path,
    source: { stream: head.stream },
    setup: { file: file.path, dialect: (named ?? head.dialect)?.id, fixedDialect: named !== undefined, steps: file.steps, companions: [] },
    confidence: named === undefined ? head.confidence : 1,
    container: head.container,
    notes: [],
  };
}

/** Throws LoopToolError `usage` for a dialect that does not exist. */
export function requireDialect(id: string | undefined): void {
  if (id === undefined || dialectById(id) !== undefined) return;
  throw new LoopToolError('usage', `There is no dialect ${JSON.stringify(id)}. Use one of ${dialects.map((dialect) => dialect.id).join(', ')}, or leave it out to have it recognised.`);
}
