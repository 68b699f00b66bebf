import { open, stat, readFile } from 'node:fs/promises';
import { noCompanions, type Companions } from '../../core/dataset/companions.ts';
import type { Dialect } from '../../core/dataset/dialect.ts';
import { recogniseValues, recordsLookedAt } from '../../core/dataset/recordReader.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import { toolUsesOf, type ToolUses } from '../../core/dataset/toolUses.ts';
import { parseJson } from '../../core/json/parse.ts';
import type { JsonValue } from '../../core/json/value.ts';
import { RecordSplitter, type RawRecord } from '../../core/jsonl/recordSplitter.ts';
import { eachRecord } from '../../core/jsonl/records.ts';
import { loadCompanions } from '../../node/companionFiles.ts';
import { nodeDecoding } from '../../node/decodeUtf8.ts';
import { fileChunks } from '../../node/fileChunks.ts';
import type { ProjectDataset } from '../serverProject.ts';
import { pause } from '../pause.ts';
import { RecordView } from './recordView.ts';

/** A record of a file on disk: where it stands, and what it says of tools. */
type IndexedRecord = { readonly index: number; readonly byteOffset: number; readonly byteLength: number; readonly line: number; readonly column: number; readonly uses: ToolUses };

/** The tools of a dataset file that is not open. */
export type FileIndex = { readonly path: string; readonly version: string; readonly dialect: Dialect; readonly companions: Companions; readonly records: readonly IndexedRecord[] };

/** What a project says of the file. */
export type FileSettings = Partial<Pick<ProjectDataset, 'dialect' | 'companions'>>;

/** A record read from disk; its offsets count from the record, which starts at this line and column of the file. */
export type RecordOnDisk = { readonly view: RecordView; readonly line: number; readonly column: number };

/** Below this, a file is taken for something other than a dataset. */
const leastConfidence = 0.5;
/** Larger files are work for the command line. */
const mostBytes = 256 * 1024 * 1024;
const mostKept = 200;

const kept = new Map<string, { readonly version: string; readonly index: FileIndex | undefined }>();

/**
 * The index of a file, read once until its time or size change. Undefined for what is no dataset, cannot be read or is too
 * large. Rejects with an AbortError when the signal fires.
 */
export async function fileIndex(path: string, signal: AbortSignal, settings: FileSettings = {}): Promise<FileIndex | undefined> {
  let version: string;
  try {
    const { mtimeMs, size } = await stat(path);
    if (size === 0 || size > mostBytes) return undefined;
    version = `${mtimeMs} ${size} ${JSON.stringify(settings)}`;
  } catch {
    return undefined;
  }
  const known = kept.get(path);
  if (known?.version === version) return known.index;
  const index = await readIndex(path, version, settings, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return undefined;
  });
  if (kept.size >= mostKept) kept.delete(kept.keys().next().value ?? '');
  kept.set(path, { version, index });
  return index;
}

async function readIndex(path: string, version: string, settings: FileSettings, signal: AbortSignal): Promise<FileIndex | undefined> {
  const splitter = new RecordSplitter({ decode: nodeDecoding() });
  const first: RawRecord[] = [];
  let reader: Reader | undefined;
  const take = async (raw: readonly RawRecord[], isLast: boolean): Promise<boolean> => {
    let waiting = raw;
    if (reader === undefined) {
      first.push(...raw);
      if (first.length < recordsLookedAt && !isLast) return true;
      const named = settings.dialect === undefined ? undefined : dialectById(settings.dialect);
      const { dialect, confidence } = named === undefined ? recogniseValues(first.slice(0, recordsLookedAt).flatMap(valueOf)) : { dialect: named, confidence: 1 };
      if (dialect === undefined || confidence < leastConfidence || dialect.id === 'companion') return false;
      reader = { dialect, companions: dialect.companions === undefined && settings.companions === undefined ? noCompanions : (await loadCompanions(path, dialect, settings.companions)).companions, records: [] };
      if (dialect.unit === 'file') return false;
      waiting = first.splice(0);
    }
    for (const record of waiting) addRecord(reader, record);
    return true;
  };
  for await (const chunk of fileChunks(path, { signal, chunkBytes: 1 << 18 })) {
    if (!(await take(splitter.push(chunk), false))) break;
    await pause();
  }
  if (reader === undefined) await take(splitter.end(), true);
  else for (const record of splitter.end()) addRecord(reader, record);
  const found = reader; // Assigned in a callback, which the compiler does not follow.
  if (found === undefined) return undefined;
  if (found.dialect.unit === 'file') await addWhole(found, path);
  return { path, version, ...found };
}

type Reader = { readonly dialect: Dialect; readonly companions: Companions; readonly records: IndexedRecord[] };

function addRecord({ dialect, companions, records }: Reader, { index, text, byteOffset, byteLength, line, column, problem }: RawRecord): void {
  if (problem !== undefined && !problem.readable) return;
  const parsed = parseJson(text);
  if (!parsed.ok) return;
  const uses = toolUsesOf(dialect.read(parsed.value, { steps: 'all', companions, index }).samples);
  records.push({ index, byteOffset, byteLength, line, column, uses });
}

function valueOf({ text, problem }: RawRecord): readonly JsonValue[] {
  const parsed = problem === undefined || problem.readable ? parseJson(text) : undefined;
  return parsed?.ok === true ? [parsed.value] : [];
}

/** A file that is one record. */
async function addWhole({ dialect, companions, records }: Reader, path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const view = new RecordView({ index: 0, text, base: 0, starts: [...eachRecord(text)].flatMap((entry) => (entry.ok ? [entry.node.start] : [])), dialect, companions });
  records.push({ index: 0, byteOffset: 0, byteLength: Buffer.byteLength(text), line: 0, column: 0, uses: toolUsesOf(view.samples) });
}

/** Reads the records of an indexed file that use a tool, one after the other. */
export async function* recordsUsing(index: FileIndex, tool: string): AsyncGenerator<RecordOnDisk> {
  const wanted = index.records.filter(({ uses }) => usesTool(uses, tool));
  if (wanted.length === 0) return;
  const handle = await open(index.path, 'r');
  try {
    for (const { index: number, byteOffset, byteLength, line, column } of wanted) {
      const bytes = Buffer.alloc(byteLength);
      const { bytesRead } = await handle.read(bytes, 0, byteLength, byteOffset);
      const text = bytes.toString('utf8', 0, bytesRead);
      const starts = index.dialect.unit === 'file' ? { starts: [...eachRecord(text)].flatMap((entry) => (entry.ok ? [entry.node.start] : [])) } : {};
      yield { view: new RecordView({ index: number, text, base: 0, ...starts, dialect: index.dialect, companions: index.companions }), line, column };
    }
  } finally {
    await handle.close();
  }
}

export function usesTool({ called, defined }: ToolUses, tool: string): boolean {
  return called.has(tool) || defined.some(({ name }) => name === tool);
}
