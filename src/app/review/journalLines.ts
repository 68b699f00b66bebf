import { isJsonObject, type JsonValue } from '../../core/json/value.ts';
import { probeOutcomes, type ProbeOutcome } from '../../core/rounds/journalEntries.ts';
import { parseLine } from '../../node/jsonLine.ts';

/**
 * What an index of a round needs of a line, mostly without parsing it: our own writer puts what is looked for in front of
 * everything that comes from data but the reply, and there it would be escaped. Other lines are parsed.
 */

const ownEntry = '{"v":1,"attempt":';
const ownRow = '{"id":"';
const noParents = '"parents":[],"since":';
const typeKey = '"type":"';
const probeHead = /^"type":"probe","sampleId":"([\w-]+)","labelHash":"[\w-]+","requestKey":"[\w-]+","outcome":"([A-Z_]+)"/;
const sampleHead = /^"sampleId":"([\w-]+)"/;
/** Longer than any head that the patterns take. */
const headBytes = 320;

/** Sample id of a row of a set; undefined where there is none. */
export function rowId(line: Buffer): string | undefined {
  if (startsWith(line, ownRow)) {
    const end = line.indexOf(0x22, ownRow.length);
    const id = line.toString('latin1', ownRow.length, Math.max(end, ownRow.length));
    if (/^[\w-]+$/.test(id)) return id;
  }
  return textOf(valueOf(line), 'id');
}

/** Ids of the samples that a row stems from. */
export function rowParents(line: Buffer): readonly string[] {
  // Near the end, behind the label: mostly there are none.
  const at = line.lastIndexOf('"parents":[');
  if (at < 0 || line.toString('latin1', at, at + noParents.length) === noParents) return [];
  const value = valueOf(line);
  const parents = isJsonObject(value) && Object.hasOwn(value, 'parents') ? value['parents'] : undefined;
  return Array.isArray(parents) ? (parents as readonly JsonValue[]).filter((id) => typeof id === 'string') : [];
}

const outcomes: ReadonlySet<string> = new Set(probeOutcomes);

export function probeOf(line: Buffer): { readonly sampleId: string; readonly outcome: ProbeOutcome } | undefined {
  if (startsWith(line, ownEntry)) {
    const at = line.indexOf(typeKey);
    const [, sampleId, outcome] = headAt(line, at, probeHead) ?? [];
    if (sampleId !== undefined && outcome !== undefined && outcomes.has(outcome)) return { sampleId: ownText(sampleId), outcome: outcome as ProbeOutcome };
  }
  const value = valueOf(line);
  const [type, sampleId, outcome] = ['type', 'sampleId', 'outcome'].map((key) => textOf(value, key));
  return type === 'probe' && sampleId !== undefined && outcome !== undefined && outcomes.has(outcome) ? { sampleId, outcome: outcome as ProbeOutcome } : undefined;
}

/** Sample id of an entry of a verification. */
export function verifiedId(line: Buffer): string | undefined {
  if (startsWith(line, ownEntry)) {
    const [, sampleId] = headAt(line, line.indexOf('"sampleId":"'), sampleHead) ?? [];
    if (sampleId !== undefined) return ownText(sampleId);
  }
  return textOf(valueOf(line), 'sampleId');
}

/** Seed of a candidate that the judge of an expansion called correct, with what tells it from its siblings. */
export function acceptedExpansion(line: Buffer): { readonly seedId: string; readonly key: string } | undefined {
  if (!line.includes('"critique"')) return undefined;
  const value = valueOf(line);
  const [type, verdict, seedId, sampleId] = ['type', 'verdict', 'seedId', 'sampleId'].map((key) => textOf(value, key));
  return type === 'critique' && verdict === 'CORRECT' && seedId !== undefined && sampleId !== undefined ? { seedId, key: `${seedId} ${sampleId}` } : undefined;
}

function headAt(line: Buffer, at: number, head: RegExp): RegExpExecArray | null {
  return at < 0 ? null : head.exec(line.toString('latin1', at, Math.min(line.length, at + headBytes)));
}

/** A copy: what a pattern finds keeps the whole text alive that it was found in. */
function ownText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function startsWith(line: Buffer, head: string): boolean {
  return line.length > head.length && line.toString('latin1', 0, head.length) === head;
}

function valueOf(line: Buffer): JsonValue | undefined {
  const parsed = parseLine(line.toString('utf8'));
  return parsed.ok ? parsed.value : undefined;
}

function textOf(value: JsonValue | undefined, key: string): string | undefined {
  const found = value !== undefined && isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}
