import { isJsonArray, member, textMember } from '../../json/member.ts';
import type { Span } from '../../json/stringMap.ts';
import { canonicalJson, stringifySpaced } from '../../json/stringify.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading } from '../dialect.ts';
import { annotatedRow } from '../reading/annotatedRow.ts';
import { writeCallBlocks } from '../reading/answerText.ts';
import { refusal } from '../reading/chatRecord.ts';
import { toolResponses } from '../reading/chatml.ts';
import { readDialogue, type Turn } from '../reading/dialogue.ts';
import { readExtras } from '../reading/recordExtras.ts';
import { assistantText, labelText, relabelText } from '../reading/textRows.ts';
import { isTurnList, readTextTurns, type TurnRole, type TurnStyle } from '../reading/textTurns.ts';
import { readToolBlock, type ToolBlock } from '../reading/toolBlock.ts';
import { cutTools, fillTemplate, systemMessage, withoutSystem, type ToolTemplate } from '../reading/toolTemplate.ts';
import { readToolText } from '../reading/toolText.ts';
import { writeTool } from '../reading/toolValue.ts';
import type { Message, Sample, ToolDefinition } from '../sample.ts';

/**
 * Hermes function calling: tools in the `<tools>` of the system turn (and once more as a JSON text), calls in `<tool_call>`,
 * as JSON or as Python dicts. The system turn without its tools is the system message.
 */
export const dialect: Dialect = { id: 'hermes', name: 'Hermes rows', detect, read, write, relabel: relabelText(writeCallBlocks) };

const roles: ReadonlyMap<string, TurnRole> = new Map([['system', 'system'], ['human', 'user'], ['user', 'user'], ['gpt', 'assistant'], ['assistant', 'assistant'], ['tool', 'tool']]);
const style: TurnStyle = { from: 'from', value: 'value', roles, answers: { pythonRepr: true }, results: toolResponses };

const template: ToolTemplate = {
  standard: 'You are a function calling AI model. You are provided with function signatures within <tools> </tools> XML tags:\n<tools>\n</tools>\nFor each function call return a JSON object with function name and arguments within <tool_call> </tool_call> XML tags:\n<tool_call>\n{"name": <function-name>, "arguments": <args-dict>}\n</tool_call>',
  find: findTools,
};

/** The last block: the text before may well speak of such tags. One with lines of its own goes before one within a line. */
function findTools(text: string): Span | undefined {
  return lastBlock(text, '<tools>\n', '\n</tools>') ?? lastBlock(text, '<tools>', '</tools>');
}

function lastBlock(text: string, opening: string, closing: string): Span | undefined {
  const lines = opening.endsWith('\n');
  for (let open = text.lastIndexOf(opening); open >= 0; open = open === 0 ? -1 : text.lastIndexOf(opening, open - 1)) {
    const start = open + opening.length;
    // The line break before the closing tag may be the one behind the opening tag.
    const close = text.indexOf(closing, lines ? start - 1 : start);
    if (close < 0) continue;
    const end = lines ? close + 1 : close;
    if (start === end ? lines : /^\s*[[{]/.test(text.slice(start, Math.min(end, start + 100)))) return { start, end };
  }
  return undefined;
}

function detect(record: JsonValue): number {
  const turns = member(record, 'conversations');
  if (!isTurnList(turns, 'from', roles)) return 0;
  const [first] = turns;
  if (textMember(first, 'from') === 'system' && textMember(first, 'value')?.includes('<tools>') === true) return 1;
  return turns.some((turn) => textMember(turn, 'value')?.includes('<tool_call>') === true) ? 0.95 : 0.2;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const list = member(record, 'conversations');
  if (!isJsonArray(list)) return refusal([], 'a Hermes row needs a list of conversations');
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const body = readTextTurns(list, ['conversations'], style);
  const first = body.turns[0];
  const text = first?.message?.role === 'system' ? first.message.content : undefined;
  const cut = text === undefined ? undefined : cutTools(text, template);
  const said = readToolText(text ?? '', cut?.tools, { pythonRepr: true });
  const column = readToolBlock(member(record, 'tools'));
  const chosen = chooseTools(said, column, cut?.tools !== undefined);
  const toolsPath = chosen === column ? ['tools'] : ['conversations', 0, 'value'];
  if (chosen.problem !== undefined) return refusal([...toolsPath, ...chosen.problem.path], chosen.problem.message);
  if (first === undefined || cut === undefined) return readDialogue({ tools: chosen, toolsPath, ...body, extras, steps, messagesPath: ['conversations'] });
  const system = systemMessage(cut.system, extras, template);
  const head: readonly Turn[] = system === null ? [] : [{ ...first, message: { role: 'system', content: system } }];
  return readDialogue({ tools: chosen, toolsPath, ...body, turns: [...head, ...body.turns.slice(1)], extras, steps, messagesPath: ['conversations'] });
}

/** What the model is told counts. Where the column says the same, tools are found there: a Python dict has no places inside. */
function chooseTools(said: ToolBlock, column: ToolBlock, hasPlace: boolean): ToolBlock {
  if (!hasPlace) return column;
  if (column.problem !== undefined || column.tools.length === 0) return said;
  return said.problem === undefined && sameTools(said.tools, column.tools) ? column : said;
}

const known = new WeakMap<readonly ToolDefinition[], string>();

function sameTools(a: readonly ToolDefinition[], b: readonly ToolDefinition[]): boolean {
  return toolsText(a) === toolsText(b);
}

/** Equal blocks are one object, so most are written once. */
function toolsText(tools: readonly ToolDefinition[]): string {
  const text = known.get(tools) ?? canonicalJson(tools.map(writeTool));
  known.set(tools, text);
  return text;
}

function write(sample: Sample): JsonObject {
  const tools = stringifySpaced(sample.tools.map((tool) => ({ type: 'function', function: writeTool(tool) })));
  const { text, extras } = fillTemplate(sample.messages, `${tools}\n`, template);
  const turns = withoutSystem(sample.messages).map(writeTurn);
  const row = { conversations: [{ from: 'system', value: text }, ...turns, { from: 'gpt', value: labelText(sample.label, writeCallBlocks) }], tools };
  return annotatedRow(row, sample, read, extras);
}

function writeTurn(message: Message): JsonObject {
  if (message.role === 'tool') return { from: 'tool', value: `<tool_response>\n${message.content}\n</tool_response>` };
  if (message.role === 'assistant') return { from: 'gpt', value: assistantText(message, writeCallBlocks) };
  return { from: message.role === 'user' ? 'human' : 'system', value: message.content };
}
