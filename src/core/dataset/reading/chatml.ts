import type { Message } from '../sample.ts';
import type { Span } from '../../json/stringMap.ts';
import { readAnswerText, writeCallBlocks } from './answerText.ts';

/** A message with the span of its turn in the history text; parallel tool responses of one turn each have their own. */
export type ChatmlMessage = { readonly message: Message; readonly span: Span };

const firstTurn = '<|im_start|>user\n';
const lastMark = '<|im_end|>\n';
const boundary = /<\|im_end\|>\n?<\|im_start\|>(system|user|assistant|tool)\n/g;
const opening = /^<\|im_start\|>(system|user|assistant|tool)\n/;
const responseOpen = '<tool_response>\n';
const responseClose = '\n</tool_response>';
const betweenResponses = `${responseClose}\n${responseOpen}`;

/**
 * Reads a ChatML history in one string, as the `input` of LoopTool rows has it: the opening of the first user turn and the
 * end mark of the last turn are left out there, tool results are `<tool_response>` blocks of user turns (spec 2.5 d).
 */
export function readChatml(text: string): readonly ChatmlMessage[] {
  const end = text.length - (/<\|im_end\|>\n?$/.exec(text)?.[0].length ?? 0);
  const first = opening.exec(text);
  const messages: ChatmlMessage[] = [];
  let role = first?.[1] ?? 'user';
  let start = first?.[0].length ?? 0;
  if (start === 0 && end === 0) return [];
  for (const match of text.slice(0, end).matchAll(boundary)) {
    messages.push(...readTurn(role, text, { start, end: match.index }));
    role = match[1] ?? 'user';
    start = match.index + match[0].length;
  }
  messages.push(...readTurn(role, text, { start, end }));
  return messages;
}

/** The reverse of `readChatml`. */
export function writeChatml(messages: readonly Message[]): string {
  const text = chatmlTurns(messages);
  const start = text.startsWith(firstTurn) ? firstTurn.length : 0;
  return text.slice(start, text.endsWith(lastMark) ? -lastMark.length : undefined);
}

/** Whole turns, marks of the first and the last included. */
export function chatmlTurns(messages: readonly Message[]): string {
  const turns: string[] = [];
  let responses: string[] = [];
  const flush = (): void => {
    if (responses.length > 0) turns.push(turnText('user', responses.join('\n')));
    responses = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      responses.push(responseOpen + message.content + responseClose);
      continue;
    }
    flush();
    turns.push(turnText(message.role, message.role === 'assistant' ? assistantText(message) : message.content));
  }
  flush();
  return turns.join('');
}

function turnText(role: string, content: string): string {
  return `<|im_start|>${role}\n${content}${lastMark}`;
}

function assistantText(message: Extract<Message, { role: 'assistant' }>): string {
  return [message.content, writeCallBlocks(message.calls)].filter((part) => part !== '').join('\n');
}

function readTurn(role: string, text: string, span: Span): readonly ChatmlMessage[] {
  const content = text.slice(span.start, span.end);
  if (role === 'assistant') return [{ message: readAssistant(content), span }];
  if (role === 'system') return [{ message: { role, content }, span }];
  if (role === 'tool') return [{ message: { role, content }, span }];
  return readResponses(content, span.start) ?? [{ message: { role: 'user', content }, span }];
}

/** A turn that cannot be read as calls stays what it is: text. */
function readAssistant(content: string): Message {
  const answer = readAnswerText(content);
  if (answer.problem !== undefined || answer.calls.length === 0) return { role: 'assistant', content, calls: [] };
  return { role: 'assistant', content: answer.prose, calls: answer.calls };
}

/** The results in a turn that is nothing but `<tool_response>` blocks; undefined for any other. */
export function toolResponses(content: string): readonly string[] | undefined {
  return readResponses(content, 0)?.map(({ message }) => message.content);
}

function readResponses(content: string, offset: number): readonly ChatmlMessage[] | undefined {
  if (!content.startsWith(responseOpen) || !content.endsWith(responseClose)) return undefined;
  const inner = content.slice(responseOpen.length, -responseClose.length);
  let start = offset + responseOpen.length;
  return inner.split(betweenResponses).map((response) => {
    const span = { start, end: start + response.length };
    start = span.end + betweenResponses.length;
    return { message: { role: 'tool', content: response }, span };
  });
}
