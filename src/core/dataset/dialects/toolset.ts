import { isJsonArray, listMember, member, objectMember, textMember } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Companions } from '../companions.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { isMessageList } from '../reading/chatDetection.ts';
import { readChatRecord, refusal } from '../reading/chatRecord.ts';
import { relabelMessage } from '../reading/chatRows.ts';
import type { ToolBlock } from '../reading/toolBlock.ts';
import type { Label, ToolDefinition } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/**
 * Chat messages under `conversations`, for KTO: a row whose `label` is false shows what not to answer, and gives no sample.
 * Tools are in no row but in a catalogue of the dataset, `tool_schemas.json`.
 */
export const dialect: Dialect = {
  id: 'toolset',
  name: 'KTO chat rows',
  companions: [{ role: 'tools', paths: ['tool_schemas.json'] }],
  detect,
  read,
  relabel,
};

function detect(record: JsonValue): number {
  return isMessageList(member(record, 'conversations')) ? 1 : 0;
}

function read(record: JsonValue, { steps, companions }: ReadOptions): RecordReading {
  const list = member(record, 'conversations');
  if (!isJsonArray(list)) return refusal([], 'a chat row needs a list of conversations');
  const label = member(record, 'label');
  if (label === false) return { samples: [], problems: [{ path: ['label'], message: 'the row is marked as a bad answer (label: false) and gives no sample', leftOut: true }] };
  return readChatRecord(record, {
    lists: [{ list, path: ['conversations'] }],
    steps,
    tools: { tools: catalogueOf(companions), path: [] },
    unheld: label === undefined ? [] : ['label'],
  });
}

const catalogues = new WeakMap<Companions, ToolBlock>();

/** All tools of the catalogue files: an object of tools by name, or tools as they are. They stand outside of the record. */
function catalogueOf(companions: Companions): ToolBlock {
  const known = catalogues.get(companions);
  if (known !== undefined) return known;
  const tools = companions.tools.flatMap((file) => file.records.flatMap((record) => (isJsonObject(record) ? toolsIn(record) : [])));
  const block: ToolBlock = { tools, paths: tools.map(() => []) };
  catalogues.set(companions, block);
  return block;
}

function toolsIn(catalogue: JsonObject): readonly ToolDefinition[] {
  if (textMember(catalogue, 'tool_name') !== undefined) return [toolOf(textMember(catalogue, 'tool_name') ?? '', catalogue)];
  return Object.keys(catalogue).flatMap((key) => {
    const entry = objectMember(catalogue, key);
    return entry === undefined ? [] : [toolOf(textMember(entry, 'tool_name') ?? key, entry)];
  });
}

function toolOf(name: string, entry: JsonObject): ToolDefinition {
  const given = listMember(entry, 'parameters') ?? [];
  const properties = given.flatMap((parameter): [string, JsonValue][] => {
    const key = textMember(parameter, 'name');
    if (key === undefined || !isJsonObject(parameter)) return [];
    return [[key, objectOf(Object.entries(parameter).filter(([word]) => word !== 'name' && word !== 'optional'))]];
  });
  const required = listMember(entry, 'required_params') ?? given.filter((parameter) => member(parameter, 'optional') === false).map((parameter) => member(parameter, 'name') ?? null);
  const description = textMember(entry, 'description') ?? textMember(entry, 'notes');
  // An object that every tool takes besides its own parameters.
  const context = member(entry, 'context_schema');
  return { name, ...(description === undefined ? {} : { description }), ...(context === undefined ? {} : { extras: objectOf([['context_schema', context]]) }), parameters: objectOf([['type', 'object'], ['properties', objectOf(properties)], ['required', required]]) };
}

function relabel(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] {
  return relabelMessage(record, sample, label);
}
