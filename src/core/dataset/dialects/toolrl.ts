import { textMember } from '../../json/member.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { annotatedRow } from '../reading/annotatedRow.ts';
import { answerLabel, readAnswerText } from '../reading/answerText.ts';
import { refusal } from '../reading/chatRecord.ts';
import { answerTurn } from '../reading/dialogue.ts';
import { brokenCallPlace, textCallPlaces } from '../reading/textCallPlaces.ts';
import { labelText } from '../reading/textRows.ts';
import { fillTemplate, withoutSystem } from '../reading/toolTemplate.ts';
import { readToolrlRecord } from '../reading/toolrlRecord.ts';
import { isToolrlText, responseText, toolrlTemplate, writeResponse, writeToolrlCalls, writeToolrlHistory, writeToolrlTools } from '../reading/toolrlText.ts';
import type { Label, Sample } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/** ToolRL's rlla rows: numbered tools in `instruction`, the dialogue in `input`, the answer with its reasoning in `output`. */
export const dialect: Dialect = { id: 'toolrl', name: 'ToolRL rows', detect, read, write, relabel };

function detect(record: JsonValue): number {
  const instruction = textMember(record, 'instruction');
  if (instruction === undefined || !isToolrlText(instruction) || textMember(record, 'input') === undefined || textMember(record, 'output') === undefined) return 0;
  const tools = toolrlTemplate.find(instruction);
  return tools !== undefined && tools.start < tools.end ? 1 : 0.8;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const output = textMember(record, 'output');
  if (output === undefined) return refusal([], 'a ToolRL row needs the strings instruction, input and output');
  const answer = readAnswerText(output);
  const label = answerLabel(answer.problem === undefined && answer.calls.length === 0 ? { ...answer, prose: responseText(answer.prose) } : answer, output);
  const turn = answerTurn({ label, path: ['output'], calls: () => textCallPlaces(['output'], output), broken: () => brokenCallPlace(['output'], output), answer: unwrapped(output), prose: responseText(answer.prose) });
  const unheld = [...(output.includes('<think>') ? ['reasoning'] : []), ...(label.kind === 'calls' && answer.prose !== '' ? ['the response beside the calls'] : [])];
  return readToolrlRecord(record, { system: 'instruction', input: 'input' }, { answer: turn, steps, unheld });
}


/** The reasoning that an answer starts with, its tags included; texts may speak of such tags later on. */
function reasoningOf(output: string): string {
  const end = output.startsWith('<think>') ? output.indexOf('</think>') : -1;
  return end < 0 ? '' : output.slice(0, end + '</think>'.length);
}

/** A text answer as `write` was given it; nothing where there is only reasoning. */
function unwrapped(whole: string): string {
  const output = whole.slice(reasoningOf(whole).length).trimStart();
  const [open, close] = ['<response> ', ' </response>'];
  return output.startsWith(open) && output.endsWith(close) ? output.slice(open.length, -close.length) : output;
}

function write(sample: Sample): JsonObject {
  const { text, extras } = fillTemplate(sample.messages, writeToolrlTools(sample.tools), toolrlTemplate);
  return annotatedRow({ instruction: text, input: writeToolrlHistory(withoutSystem(sample.messages)), output: answerText(sample.label) }, sample, read, extras);
}

function answerText(label: Label): string {
  return label.kind === 'text' ? writeResponse(label.text) : labelText(label, writeToolrlCalls);
}

/** The reasoning before the answer stays. */
function relabel(record: JsonValue, _sample: RecordSample, label: Label): readonly StructureEdit[] {
  const output = textMember(record, 'output') ?? '';
  const reasoning = reasoningOf(output);
  return [{ kind: 'text', path: ['output'], text: label.kind === 'invalid' ? label.raw : reasoning + (reasoning === '' ? '' : '\n') + answerText(label) }];
}
