import type { CompletionReply, LogProbToken } from './completionPort.ts';

/** What the rows of a reply that the server took apart are about. `textOnly`: neither its reasoning nor its calls. */
export type Covers = 'all' | 'withoutReasoning' | 'withoutCalls' | 'textOnly';

export type Regions = {
  /** Rows of the answer: what follows the reasoning. */
  readonly answer: readonly number[];
  /** Rows of its calls, tags included: whether to call is part of a call. */
  readonly call: readonly number[];
  readonly covers: Covers | undefined;
};

const reasoningEnd = '</think>';
const callTags = /<tool_call>[\s\S]*?(?:<\/tool_call>|$)/gu;

/**
 * Which rows belong to the answer and which to its calls, from the texts of the tokens joined: a tag may be spread over
 * several tokens. Undefined without texts. A token belongs to every part that a piece of its text is in.
 */
export function logProbRegions(reply: Pick<CompletionReply, 'content' | 'reasoning' | 'calls' | 'logProbTokens'>, rows: number): Regions | undefined {
  const { logProbTokens: tokens } = reply;
  if (tokens?.length !== rows) return undefined;
  const pieces = textsOf(tokens);
  if (pieces === undefined) return undefined;
  const starts: number[] = [];
  let joined = '';
  for (const piece of pieces) {
    starts.push(joined.length);
    joined += piece;
  }
  const { from, hasReasoning } = answerStart(joined, reply.reasoning);
  const calls = callSpans(joined, from, reply);
  const inSpan = (row: number, [start, end]: readonly [number, number]): boolean => {
    const at = starts[row] ?? 0;
    const length = pieces[row]?.length ?? 0;
    return length === 0 ? at >= start && at < end : at < end && at + length > start;
  };
  const all = pieces.map((_, row) => row);
  const withReasoning = reply.reasoning.trim() === '' || hasReasoning;
  const withCalls = reply.calls.length === 0 || calls.length > 0;
  const tookApart = reply.reasoning.trim() !== '' || reply.calls.length > 0;
  return {
    // The token that ends a turn stands for no text, and belongs to the answer.
    answer: withCalls ? all.filter((row) => from === 0 || inSpan(row, [from, joined.length + 1])) : [],
    call: all.filter((row) => calls.some((span) => inSpan(row, span))),
    covers: tookApart ? coverage(withReasoning, withCalls) : undefined,
  };
}

function coverage(withReasoning: boolean, withCalls: boolean): Covers {
  if (withReasoning) return withCalls ? 'all' : 'withoutCalls';
  return withCalls ? 'withoutReasoning' : 'textOnly';
}

/** Where the answer begins: after the last end of reasoning, or after the reasoning that the server took out without its tags. */
function answerStart(joined: string, reasoning: string): { readonly from: number; readonly hasReasoning: boolean } {
  const tag = joined.lastIndexOf(reasoningEnd);
  if (tag >= 0) return { from: tag + reasoningEnd.length, hasReasoning: true };
  const text = reasoning.trim();
  const at = text === '' ? -1 : joined.indexOf(text);
  return at < 0 ? { from: 0, hasReasoning: false } : { from: at + text.length, hasReasoning: true };
}

/** In tags, or, where the server read another syntax, from the first name of a call to the end: its text comes before its calls. */
function callSpans(joined: string, from: number, { content, calls }: Pick<CompletionReply, 'content' | 'calls'>): readonly (readonly [number, number])[] {
  const tagged = [...joined.slice(from).matchAll(callTags)].map((match): readonly [number, number] => [from + match.index, from + match.index + match[0].length]);
  if (tagged.length > 0) return tagged;
  const first = calls[0];
  if (first === undefined) return [];
  const text = content.trim();
  const textAt = text === '' ? -1 : joined.indexOf(text, from);
  const after = textAt < 0 ? from : textAt + text.length;
  return joined.indexOf(first.name, after) < 0 ? [] : [[after, joined.length]];
}

/** Texts, or what the bytes make where characters are spread over tokens. Undefined where a server names tokens by number. */
function textsOf(tokens: readonly LogProbToken[]): readonly string[] | undefined {
  if (tokens.some(({ text }) => /^token_id:\d+$/u.test(text)) && !tokens.every(({ bytes }) => bytes !== undefined)) return undefined;
  if (tokens.every(({ text }) => !text.includes('\uFFFD') && !text.startsWith('token_id:'))) return tokens.map(({ text }) => text);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return tokens.map(({ text, bytes }) => (bytes === undefined ? text : decoder.decode(Uint8Array.from(bytes), { stream: true })));
}
