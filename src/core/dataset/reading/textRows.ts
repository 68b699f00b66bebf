import { canonicalJson, stringifySpaced } from '../../json/stringify.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { ExtractOptions } from '../../toolcall/extract.ts';
import type { RecordSample } from '../dialect.ts';
import type { Label, Message, ToolCall } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';
import { readAnswerText, writeCallBlocks } from './answerText.ts';
import { callsJson } from './recordExtras.ts';

export type WriteCalls = (calls: readonly ToolCall[]) => string;

/** The text of an answer that says a label as far as text can. */
export function labelText(label: Label, writeCalls: WriteCalls): string {
  switch (label.kind) {
    case 'calls':
      return writeCalls(label.calls);
    case 'text':
      return label.text;
    case 'invalid':
      return label.raw;
    case 'noCall':
    case 'anyCall':
    case 'trace':
      return '';
  }
}

export function assistantText(message: Extract<Message, { role: 'assistant' }>, writeCalls: WriteCalls): string {
  if (message.calls.length === 0) return message.content;
  return [message.content, writeCalls(message.calls)].filter((part) => part !== '').join('\n');
}

/** Puts a label's text in the place of the old answer's. */
export function relabelText(writeCalls: WriteCalls): (record: JsonValue, sample: RecordSample, label: Label) => readonly StructureEdit[] {
  return (_record, sample, label) => [{ kind: 'text', path: sample.places().label, text: labelText(label, writeCalls) }];
}

/** Calls in the first of several ways that reads back as the same calls; the last way where none does. */
export function firstThatReads(ways: readonly WriteCalls[], options: ExtractOptions = {}): WriteCalls {
  return (calls) => {
    const wanted = canonicalJson(callsJson(calls));
    let text = '';
    for (const way of ways) {
      text = way(calls);
      const read = readAnswerText(text, options);
      if (read.problem === undefined && read.prose === '' && canonicalJson(callsJson(read.calls)) === wanted) return text;
    }
    return text;
  };
}

/** `[Name(arg="v", n=1), other()]`, values as Python literals. */
export const writePythonCalls: WriteCalls = (calls) => `[${calls.map((call) => `${call.name}(${Object.keys(call.arguments).map((key) => `${key}=${pythonLiteral(call.arguments[key] ?? null)}`).join(', ')})`).join(', ')}]`;

/** `[{"name": …, "arguments": {…}}]`. */
export const writeJsonCalls: WriteCalls = (calls) => stringifySpaced(callsJson(calls));

export const writeToolaceCalls = firstThatReads([writePythonCalls, writeJsonCalls, writeCallBlocks]);

function pythonLiteral(value: JsonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object' || value instanceof JsonNumber) return stringifySpaced(value);
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(pythonLiteral).join(', ')}]`;
  const object = value as JsonObject;
  return `{${Object.keys(object).map((key) => `${JSON.stringify(key)}: ${pythonLiteral(object[key] ?? null)}`).join(', ')}}`;
}
