import type { Label, Message, ToolCall, ToolDefinition } from '../../core/dataset/sample.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import { joinSegments, SegmentWriter, type Segment } from './segments.ts';
import { toolSignature } from './signature.ts';

/*
 * The chat template of the embedded model. The checkpoint that ships was trained on exactly this text:
 * changing a character makes every checkpoint worse, so test/unit/chatTemplate.test.ts holds it fast.
 */

/** What an answer consists of. Text stands before calls; a label of another kind has no text of its own. */
type Answer = { readonly content: string; readonly calls: readonly ToolCall[] };
type RenderableLabel = Extract<Label, { kind: 'calls' | 'text' }>;

/** The system turn: a system message's text, if any, then the block of tool signatures, one a line. */
export function renderTools(tools: readonly ToolDefinition[], system = ''): string {
  return joinSegments(writeSystemTurn(new SegmentWriter(), tools, system).segments());
}

/** Everything up to where the answer starts. For tokens use `renderSegments`: this text does not tell data from structure. */
export function renderPrompt(messages: readonly Message[], tools: readonly ToolDefinition[]): string {
  return joinSegments(renderSegments(messages, tools));
}

/** The prompt in pieces that keep structure apart from data; see `encodeSegments`. */
export function renderSegments(messages: readonly Message[], tools: readonly ToolDefinition[]): readonly Segment[] {
  const firstTurn = messages.findIndex((message) => message.role !== 'system');
  const leading = messages.slice(0, firstTurn === -1 ? messages.length : firstTurn);
  const writer = writeSystemTurn(new SegmentWriter(), tools, leading.map((message) => message.content).join('\n'));
  for (const message of messages.slice(leading.length)) writeTurn(writer, message);
  return writer.special('<|im_start|>').plain('assistant\n').segments();
}

/** The text of an answer, without the token that ends the turn. */
export function renderAnswer(answer: Answer | RenderableLabel | readonly ToolCall[]): string {
  return joinSegments(renderAnswerSegments(answer));
}

export function renderAnswerSegments(answer: Answer | RenderableLabel | readonly ToolCall[]): readonly Segment[] {
  return writeAnswer(new SegmentWriter(), toAnswer(answer)).segments();
}

function toAnswer(answer: Answer | RenderableLabel | readonly ToolCall[]): Answer {
  if (isCallList(answer)) return { content: '', calls: answer };
  if (!('kind' in answer)) return answer;
  return answer.kind === 'calls' ? { content: '', calls: answer.calls } : { content: answer.text, calls: [] };
}

/** `Array.isArray` does not narrow a readonly array. */
function isCallList(answer: unknown): answer is readonly ToolCall[] {
  return Array.isArray(answer);
}

function writeSystemTurn(writer: SegmentWriter, tools: readonly ToolDefinition[], system: string): SegmentWriter {
  writer.special('<|im_start|>').plain('system\n');
  if (system !== '') writer.plain(`${system}\n`);
  writer.special('<tools>').plain('\n');
  for (const tool of tools) writer.plain(`${toolSignature(tool)}\n`);
  return writer.special('</tools>', '<|im_end|>').plain('\n');
}

function writeTurn(writer: SegmentWriter, message: Message): void {
  writer.special('<|im_start|>').plain(`${message.role}\n`);
  switch (message.role) {
    case 'system':
    case 'user':
      writer.plain(message.content);
      break;
    case 'assistant':
      writeAnswer(writer, message);
      break;
    case 'tool':
      writer.special('<tool_response>').plain(message.content).special('</tool_response>');
      break;
  }
  writer.special('<|im_end|>').plain('\n');
}

function writeAnswer(writer: SegmentWriter, answer: Answer): SegmentWriter {
  writer.plain(answer.content);
  answer.calls.forEach((call, index) => {
    if (index > 0 || answer.content !== '') writer.plain('\n');
    const body = `{"name":${JSON.stringify(call.name)},"arguments":${stringifyJson(call.arguments)}}`;
    writer.special('<tool_call>').plain(`\n${body}\n`).special('</tool_call>');
  });
  return writer;
}
