import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { companionCandidates, stemOf, type CompanionCandidate } from '../core/dataset/companionLayout.ts';
import { noCompanions, type CompanionFile, type Companions } from '../core/dataset/companions.ts';
import type { CompanionRole, Dialect } from '../core/dataset/dialect.ts';
import { nodeValue } from '../core/json/tree.ts';
import type { JsonValue } from '../core/json/value.ts';
import { eachRecord } from '../core/jsonl/records.ts';

/** Files by role that stand in the place of those that the layout names; absolute. */
export type ConfiguredCompanions = Readonly<Partial<Record<CompanionRole, readonly string[]>>>;

/** `problems` says which companion files, or records of them, cannot be read; what can is in `companions`. */
export type LoadedCompanions = { readonly companions: Companions; readonly problems: readonly string[] };

type LoadedFile = { readonly version: string; readonly records: readonly JsonValue[]; readonly problems: readonly string[] };

const roles: readonly CompanionRole[] = ['answers', 'tools'];
const loadedFiles = new Map<string, LoadedFile>();
const loadedSets = new Map<string, LoadedCompanions>();
const mostRemembered = 64;

/**
 * The companion files of a dataset by the layout of its dialect, or as configured. Each file is read once until it changes,
 * and the same files give the same object, so that what dialects index of them is kept. Never throws.
 */
export async function loadCompanions(absoluteDatasetPath: string, dialect: Dialect | undefined, configured: ConfiguredCompanions = {}): Promise<LoadedCompanions> {
  const folder = dirname(absoluteDatasetPath);
  const paths: Record<CompanionRole, readonly string[]> = { answers: [], tools: [] };
  for (const role of roles) paths[role] = configured[role] ?? (await byLayout(absoluteDatasetPath, dialect, role));
  if (roles.every((role) => paths[role].length === 0)) return { companions: noCompanions, problems: [] };
  const problems: string[] = [];
  const found: Record<CompanionRole, { readonly path: string; readonly file: LoadedFile }[]> = { answers: [], tools: [] };
  for (const role of roles) {
    for (const path of paths[role]) {
      const shown = shownPath(folder, path);
      const file = await loadFile(path);
      if (typeof file === 'string') problems.push(`the companion file ${shown} cannot be read: ${file}`);
      else found[role].push({ path, file });
    }
  }
  return joined(folder, found, problems);
}

async function byLayout(datasetPath: string, dialect: Dialect | undefined, role: CompanionRole): Promise<readonly string[]> {
  for (const layout of dialect?.companions ?? []) {
    if (layout.role !== role) continue;
    for (const candidate of companionCandidates(basename(datasetPath), layout)) {
      const files = (await existing(dirname(datasetPath), candidate)).filter((file) => file !== datasetPath);
      if (files.length > 0) return files;
    }
  }
  return [];
}

async function existing(base: string, candidate: CompanionCandidate): Promise<readonly string[]> {
  const folder = join(base, ...candidate.folder.split('/'));
  try {
    if ('file' in candidate) return (await stat(join(folder, candidate.file))).isFile() ? [join(folder, candidate.file)] : [];
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isFile() && entry.name.endsWith(candidate.any) ? [join(folder, entry.name)] : [])).sort();
  } catch {
    return [];
  }
}

/** The file's records, unreadable ones null so that numbers stay; or why there are none. */
async function loadFile(path: string): Promise<LoadedFile | string> {
  try {
    const { mtimeMs, size } = await stat(path);
    const version = `${path}\n${mtimeMs}\n${size}`;
    const known = loadedFiles.get(path);
    if (known?.version === version) return known;
    const records: JsonValue[] = [];
    const problems: string[] = [];
    for (const entry of eachRecord(await readFile(path, 'utf8'))) {
      records.push(entry.ok ? nodeValue(entry.node) : null);
      if (!entry.ok) problems.push(`record ${entry.index + 1} cannot be read: ${entry.message}`);
    }
    const file: LoadedFile = { version, records, problems };
    if (loadedFiles.size >= mostRemembered) loadedFiles.clear();
    loadedFiles.set(path, file);
    return file;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function joined(folder: string, found: Readonly<Record<CompanionRole, readonly { readonly path: string; readonly file: LoadedFile }[]>>, failures: readonly string[]): LoadedCompanions {
  const key = `${folder}\n${roles.map((role) => `${role}\n${found[role].map(({ file }) => file.version).join('\n')}`).join('\n\n')}`;
  const known = loadedSets.get(key);
  if (known !== undefined) return failures.length === 0 ? known : { ...known, problems: [...failures, ...known.problems] };
  const files = (role: CompanionRole): readonly CompanionFile[] => found[role].map(({ path, file }) => ({ stem: stemOf(path), path: shownPath(folder, path), records: file.records }));
  const problems = roles.flatMap((role) => found[role].flatMap(({ path, file }) => file.problems.map((problem) => `${shownPath(folder, path)}: ${problem}`)));
  const loaded: LoadedCompanions = { companions: { answers: files('answers'), tools: files('tools') }, problems };
  if (loadedSets.size >= mostRemembered) loadedSets.clear();
  loadedSets.set(key, loaded);
  return failures.length === 0 ? loaded : { ...loaded, problems: [...failures, ...problems] };
}

/** Relative to the dataset's folder, with `/`. */
function shownPath(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}
