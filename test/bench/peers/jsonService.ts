import { getLanguageService, type JSONSchema, type LanguageService } from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { scaledSet } from '../../builders/scaledRecords.ts';
import type { BenchRow } from '../row.ts';

type Tool = { readonly function: { readonly name: string; readonly parameters?: unknown } };
type Row = { readonly messages: readonly { readonly role: string; readonly content?: unknown; readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: string } }[] }[]; readonly tools: readonly Tool[] };

const editsMeasured = 15;

/**
 * The same work by the JSON support of VS Code, without a wire between: OpenAI records whose arguments are objects, for it
 * cannot look into strings, and a schema that knows the arguments of every tool. Once with all records as one array, once
 * with only the record that is edited.
 */
export async function jsonServiceRows(megabytes: number): Promise<BenchRow[]> {
  const service = getLanguageService({});
  const records = scaledSet('openai-chat', megabytes * 1e6).texts.filter((text) => text.startsWith('{"messages"')).map((line) => plain(JSON.parse(line) as Row));
  service.configure({ validate: true, schemas: [{ uri: 'schema://all', fileMatch: ['*all.json'], schema: { type: 'array', items: recordSchema(records) } }, { uri: 'schema://one', fileMatch: ['*one.json'], schema: recordSchema(records) }] });
  const all = await editTimes(service, 'file:///all.json', JSON.stringify(records, undefined, 1));
  const one = await editTimes(service, 'file:///one.json', JSON.stringify(records[Math.floor(records.length / 2)], undefined, 1));
  const row = (what: string, times: readonly number[], share: number): BenchRow => ({ name: `vscode-json-languageservice, ${what}: edit to diagnostics, p${share * 100}`, value: Math.round((times[Math.floor(share * times.length)] ?? NaN) * 10) / 10, unit: 'ms', better: 'lower' });
  return [row(`${megabytes} MB as one array`, all, 0.5), row(`${megabytes} MB as one array`, all, 0.95), row('only the edited record', one, 0.5), row('only the edited record', one, 0.95)];
}

function plain({ messages, tools }: Row): unknown {
  return {
    messages: messages.map((message) => (message.tool_calls === undefined ? message : { ...message, tool_calls: message.tool_calls.map((call) => ({ ...call, function: { name: call.function.name, arguments: JSON.parse(call.function.arguments) as unknown } })) })),
    tools,
  };
}

function recordSchema(records: readonly unknown[]): JSONSchema {
  const byName = new Map<string, JSONSchema>();
  for (const { tools } of records as readonly Row[]) for (const { function: { name, parameters } } of tools) byName.set(name, (parameters ?? {}) as JSONSchema); // Schemas of real tools, as they are.
  const names = [...byName.keys()];
  const call: JSONSchema = { type: 'object', required: ['name', 'arguments'], properties: { name: { enum: names } }, allOf: names.map((name) => ({ if: { properties: { name: { const: name } } }, then: { properties: { arguments: byName.get(name) ?? {} } } })) };
  return {
    type: 'object',
    required: ['messages', 'tools'],
    properties: {
      messages: { type: 'array', items: { type: 'object', required: ['role'], properties: { role: { enum: ['system', 'user', 'assistant', 'tool'] }, tool_calls: { type: 'array', items: { type: 'object', properties: { function: call } } } } } },
      tools: { type: 'array', items: { type: 'object', required: ['type', 'function'] } },
    },
  };
}

async function editTimes(service: LanguageService, uri: string, text: string): Promise<number[]> {
  const document = TextDocument.create(uri, 'json', 1, text);
  const times: number[] = [];
  for (let edit = 0; edit < editsMeasured; edit += 1) {
    const offset = document.getText().indexOf('"content": "', Math.floor((document.getText().length * edit) / editsMeasured)) + 12;
    const position = document.positionAt(offset);
    const start = performance.now();
    TextDocument.update(document, [{ range: { start: position, end: position }, text: 'e' }], edit + 2);
    await service.doValidation(document, service.parseJSONDocument(document));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}
