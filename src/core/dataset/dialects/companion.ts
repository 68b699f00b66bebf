import { member, objectMember, textMember } from '../../json/member.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Dialect, RecordReading } from '../dialect.ts';

/**
 * Files that are read beside a dataset and hold no samples themselves: possible answers, function docs, tool catalogues,
 * specifications. They are recognised, so that nobody takes them for broken datasets, and give nothing: neither samples nor problems.
 */
export const dialect: Dialect = { id: 'companion', name: 'Companion files (no samples)', detect, read };

/** Members that only records with a request have. */
const ofSamples = ['messages', 'conversations', 'conversation', 'question', 'query', 'input', 'prompt', 'instruction', 'text', 'role'];
const answerKeys = ['id', 'ground_truth', 'mile_stone', 'source', 'num_hops'];
const schemaKeys = ['parameters', 'arguments', 'query_parameters', 'input_parameters', 'required_parameters', 'params'];

function detect(record: JsonValue): number {
  if (!isJsonObject(record) || ofSamples.some((key) => member(record, key) !== undefined)) return 0;
  if (member(record, 'ground_truth') !== undefined && Object.keys(record).every((key) => answerKeys.includes(key))) return 0.9;
  if (isTool(objectMember(record, 'function') ?? record)) return 0.9;
  return isAnswerOfFirstVersion(record) ? 0.4 : isCatalogue(record) ? 0.8 : 0;
}

function isTool(value: JsonObject): boolean {
  const name = textMember(value, 'name') ?? textMember(value, 'api_name') ?? textMember(value, 'tool_name');
  return name !== undefined && schemaKeys.some((key) => typeof member(value, key) === 'object');
}

/** `{tool: {argument: acceptable values}}`, as BFCL v1 writes its answers. */
function isAnswerOfFirstVersion(record: JsonObject): boolean {
  const entries = Object.values(record);
  return entries.length > 0 && entries.every((args) => isJsonObject(args) && Object.values(args).every((accepted) => Array.isArray(accepted)));
}

/** One object of tools by name. */
function isCatalogue(record: JsonObject): boolean {
  const tools = Object.values(record);
  return tools.length > 0 && tools.every((tool) => isJsonObject(tool) && isTool(tool));
}

function read(): RecordReading {
  return { samples: [], problems: [] };
}
