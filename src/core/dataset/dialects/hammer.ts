import { textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import type { JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { answerLabel, readAnswerText, writeCallBlocks } from '../reading/answerText.ts';
import { refusal } from '../reading/chatRecord.ts';
import { readChatml } from '../reading/chatml.ts';
import { answerTurn, readDialogue, type Turn } from '../reading/dialogue.ts';
import { readExtras } from '../reading/recordExtras.ts';
import { brokenCallPlace, textCallPlaces } from '../reading/textCallPlaces.ts';
import { firstThatReads, writeJsonCalls, type WriteCalls } from '../reading/textRows.ts';
import { readToolText } from '../reading/toolText.ts';
import type { Label } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/**
 * Hammer's training rows: one instruction of marked sections, tools a JSON list in one of them, the query in another or in
 * ChatML turns behind them; the output a fenced JSON list of calls. The text before the query, without its tools, is the
 * system message.
 */
export const dialect: Dialect = { id: 'hammer', name: 'Hammer rows', detect, read, relabel };

const toolsOpen = '[BEGIN OF AVAILABLE TOOLS]\n';
const toolsClose = '\n[END OF AVAILABLE TOOLS]';
const queryOpen = '[BEGIN OF QUERY]\n';
const queryClose = '\n[END OF QUERY]';
const userOpen = '<|im_start|>user\n';
const turnEnd = '<|im_end|>\n';

function detect(record: JsonValue): number {
  return textMember(record, 'instruction')?.includes(toolsOpen) === true && textMember(record, 'output') !== undefined ? 1 : 0;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const instruction = textMember(record, 'instruction');
  const output = textMember(record, 'output');
  if (instruction === undefined || output === undefined) return refusal([], 'a Hammer row needs the strings instruction and output');
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const parts = splitInstruction(instruction);
  if (parts === undefined) return refusal(['instruction'], 'the instruction has no section with tools, or no query behind it');
  const tools = readToolText(instruction, parts.tools);
  if (tools.problem !== undefined) return refusal(['instruction', ...tools.problem.path], tools.problem.message);
  const answer = answerTurn({
    label: labelOf(output),
    path: ['output'],
    calls: () => textCallPlaces(['output'], output),
    broken: () => brokenCallPlace(['output'], output),
    answer: output,
  });
  return readDialogue({ tools, toolsPath: ['instruction'], turns: [...parts.turns, answer], extras, steps, messagesPath: ['instruction'] });
}

type Parts = { readonly tools: { readonly start: number; readonly end: number }; readonly turns: readonly Turn[] };

function splitInstruction(text: string): Parts | undefined {
  const open = text.indexOf(toolsOpen);
  const start = open + toolsOpen.length;
  const close = open < 0 ? -1 : text.indexOf(toolsClose, start - 1);
  if (close < 0) return undefined;
  const tools = { start, end: Math.max(start, close) };
  const from = text.startsWith(userOpen) ? userOpen.length : 0;
  const query = text.indexOf(queryOpen, close);
  const head = (to: number): Turn => ({ message: { role: 'system', content: text.slice(from, tools.start) + text.slice(tools.end, to) }, path: ['instruction'] });
  if (query >= 0) {
    const at = query + queryOpen.length;
    const found = text.indexOf(queryClose, at);
    const to = found < 0 ? text.length : found;
    return { tools, turns: [head(query), { message: { role: 'user', content: text.slice(at, to) }, path: ['instruction', { from: at, to }] }] };
  }
  const end = text.indexOf(turnEnd, close);
  if (end < 0) return undefined;
  const offset = end + turnEnd.length;
  const turns = readChatml(text.slice(offset)).map(({ message, span }): Turn => ({ message, path: ['instruction', { from: offset + span.start, to: offset + span.end }] }));
  return { tools, turns: [head(end), ...turns] };
}

function labelOf(output: string): Label {
  if (/^\s*(?:```[a-z]*\s*)?\[\s*\](?:\s*```)?\s*$/.test(output)) return { kind: 'noCall' };
  return answerLabel(readAnswerText(output), output);
}

const fencedCalls: WriteCalls = (calls) => `\`\`\`\n${writeJsonCalls(calls)}\n\`\`\``;

function relabel(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] | undefined {
  const path: SourcePath = sample.places().label;
  const write = (text: string): readonly StructureEdit[] => [{ kind: 'text', path, text }];
  const fenced = textMember(record, 'output')?.trimStart().startsWith('```') !== false;
  if (label.kind === 'calls') return write(firstThatReads([fenced ? fencedCalls : writeJsonCalls, writeCallBlocks])(label.calls));
  if (label.kind === 'noCall') return write(fenced ? fencedCalls([]) : '[]');
  return label.kind === 'text' ? write(label.text) : undefined;
}
