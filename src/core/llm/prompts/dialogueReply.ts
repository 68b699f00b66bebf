import type { Message } from '../../dataset/sample.ts';
import { extractPrediction } from '../../toolcall/extract.ts';
import type { Answer } from './answer.ts';

/**
 * A sample in the published reply format (looptool-spec.md 5.5 and 9.5): `INPUT:`, turns under role words, `OUTPUT:`. Models that
 * were trained on it fall back to it whatever they are asked for. What could be read in two ways is refused, never guessed.
 */
export type DialogueReply = { readonly messages: readonly Message[]; readonly answer: Answer } | { readonly fault: string };

/** Also within Markdown marks, which belong to the mark and not to the text behind it. */
const sectionMark = /^[ \t]*(?:#{1,6}[ \t]*)?[*_]{0,3}(INPUT|OUTPUT)[ \t]*(?:[*_]{1,3}[ \t]*[:：]|[:：][ \t]*[*_]{0,3})[ \t]*/gmu;
const roleMark = /^[ \t]*((?:#{1,6}[ \t]*|[-*][ \t]+)?[*_[<]{0,3})(user|assistant|tool|system)([*_\]>]{0,3})[ \t]*(?:([:：])[*_]{0,3}[ \t]*(.*))?$/iu;

export function hasDialogueMarks(text: string): boolean {
  return [...text.matchAll(sectionMark)].some(([, word]) => word === 'OUTPUT');
}

export function parseDialogueReply(text: string): DialogueReply {
  const marks = [...text.matchAll(sectionMark)].map((match) => ({ word: match[1], start: match.index, end: match.index + match[0].length }));
  const inputs = marks.filter(({ word }) => word === 'INPUT');
  const outputs = marks.filter(({ word }) => word === 'OUTPUT');
  if (inputs.length > 1 || outputs.length > 1) return { fault: 'several samples in one reply, or INPUT: and OUTPUT: in the text of one' };
  const [input] = inputs;
  const [output] = outputs;
  if (input === undefined || output === undefined || output.start < input.end) return { fault: 'no INPUT: with an OUTPUT: behind it' };
  const messages = readTurns(withoutFence(text.slice(input.end, output.start)));
  if ('fault' in messages) return messages;
  const answer = readOutput(withoutFence(text.slice(output.end)));
  return 'fault' in answer ? answer : { messages: messages.turns, answer: answer.answer };
}

/** A fence around the whole of a part, and the tokens of ChatML, are no text of it. */
function withoutFence(part: string): string {
  const plain = part.replaceAll(/<\|im_start\|>[ \t]*(\w+)[ \t]*\r?\n/gu, (_all, role: string) => `\n${role.toUpperCase()}\n`).replaceAll(/<\|(?:im_end|endoftext)\|>/gu, '');
  return (/^\s*```[a-zA-Z]*[ \t]*\r?\n([\s\S]*?)\r?\n?[ \t]*```\s*$/u.exec(plain)?.[1] ?? plain).trim();
}

type Turn = { readonly role: string; readonly lines: string[] };

/** Blank lines belong to the turn. The first role word sets the style; lines that look like one in another style are text. */
function readTurns(input: string): { readonly turns: readonly Message[] } | { readonly fault: string } {
  const turns: Turn[] = [];
  let style: string | undefined;
  for (const line of input.split(/\r?\n/u)) {
    const match = roleMark.exec(line);
    const own = match === null ? undefined : styleOf(match);
    if (match !== null && (style === undefined || own === style)) {
      style = own;
      turns.push({ role: (match[2] ?? '').toLowerCase(), lines: match[5] === undefined || match[5] === '' ? [] : [match[5]] });
    } else if (turns.length > 0) turns.at(-1)?.lines.push(line);
    else if (line.trim() !== '') return { fault: 'the conversation does not begin with USER or ASSISTANT' };
  }
  const messages: Message[] = [];
  for (const { role, lines } of turns) {
    const read = messagesOf(role, lines.join('\n').trim());
    if ('fault' in read) return read;
    messages.push(...read.messages);
  }
  return messages.length === 0 ? { fault: 'the conversation is empty' } : { turns: messages };
}

function styleOf([, before = '', word = '', after = '', colon = '']: RegExpExecArray): string {
  const letters = word === word.toUpperCase() ? 'A' : word === word.toLowerCase() ? 'a' : 'Aa';
  return `${before.trim()}${letters}${after}${colon}`;
}

const toolResult = /<tool_response>\s*([\s\S]*?)\s*<\/tool_response>/gu;

function messagesOf(role: string, content: string): { readonly messages: readonly Message[] } | { readonly fault: string } {
  if (role === 'system') return { messages: [{ role, content }] };
  if (role === 'assistant') {
    const { kind, calls, text, warnings } = extractPrediction(content);
    if (kind === 'INVALID' || kind === 'TRUNCATED') return { fault: `a turn of the assistant cannot be read: ${warnings[0] ?? kind}` };
    return { messages: [{ role, content: text, calls }] };
  }
  const results = [...content.matchAll(toolResult)].map(([, result = '']): Message => ({ role: 'tool', content: result }));
  if (role === 'tool' && results.length === 0) return { messages: [{ role: 'tool', content }] };
  const rest = content.replaceAll(toolResult, '').trim();
  if (rest.includes('<tool_response>')) return { fault: 'the result of a tool is cut off' };
  return { messages: [...results, ...(rest === '' && results.length > 0 ? [] : [{ role: 'user' as const, content: rest }])] };
}

/** Between two answers of which either would do. */
const alternative = /(?:^|\n)\W*(?:or|alternatively|alternative\b.*|option\s+(?:\d|[ab])\b.*)\W*(?:\n|$)/iu;

/** What stands beside calls is commentary: the calls are the answer. */
function readOutput(output: string): { readonly answer: Answer } | { readonly fault: string } {
  const { kind, calls, text, warnings } = extractPrediction(output);
  if (kind === 'EMPTY') return { fault: 'the output is empty' };
  if (kind === 'INVALID' || kind === 'TRUNCATED') return { fault: `the output cannot be read: ${warnings[0] ?? kind}` };
  if (alternative.test(text)) return { fault: 'the output gives alternatives' };
  return { answer: calls.length > 0 ? { calls } : { text } };
}
