import { extractPrediction } from '../../core/toolcall/extract.ts';
import { parseJson } from '../../core/json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json/value.ts';
import type { ServerBehaviour } from '../../protocol/serverReport.ts';
import type { ModelAsker } from '../../node/servers/modelAsker.ts';
import type { Seen, SeenReply } from '../../node/servers/readReply.ts';
import { lostRows } from './observe.ts';
import { reasoningSwitch } from '../../node/servers/serverKnowledge.ts';

export const toolName = 'get_weather';
export const toolMessages = [{ role: 'user', content: 'weather in oslo tomorrow please' }];
export const tools: JsonValue = [
  {
    type: 'function',
    function: {
      name: toolName,
      description: 'Weather of a city',
      parameters: { type: 'object', properties: { city: { type: 'string' }, day: { type: 'string', enum: ['today', 'tomorrow'] } }, required: ['city'] },
    },
  },
];
const maxTokens = 96;

export type ToolAnswers = {
  readonly mode: ServerBehaviour['tools']['mode'];
  readonly message: string | undefined;
  readonly streamed: SeenReply | undefined;
  /** Whether log-probs in a stream with tools needed llama.cpp's own field; `refused`: there is no way. */
  readonly streamLogProbs: 'plain' | 'n_probs' | 'refused';
  readonly whole: SeenReply | undefined;
  /** With the tools in the prompt and no parser behind it, and no reasoning where that can be switched off. */
  readonly unparsed: SeenReply | undefined;
  readonly off: string | undefined;
  /** Tokens of the question without its tool, where the server counts. */
  readonly toollessTokens: number | undefined;
};

/** Requests 7 to 9: a question that one tool answers, in a stream, in one piece, and without a parser. */
export async function observeTools(asker: ModelAsker, thinks: boolean): Promise<ToolAnswers> {
  const question = { messages: toolMessages, tools, maxTokens };
  let streamed = await asker.chat({ ...question, stream: true, logProbs: 1 });
  const refusesRows = !streamed.ok && /logprobs/i.test(streamed.refusal.message) && /stream/i.test(streamed.refusal.message);
  if (refusesRows) streamed = await asker.chat({ ...question, stream: true, more: { n_probs: 1 } });
  const whole = await asker.chat({ ...question, logProbs: 1 });
  const first = streamed.ok ? streamed.reply : undefined;
  const second = whole.ok ? whole.reply : undefined;
  // Tokens that its parser holds back have no row there: not complete is as good as none.
  const complete = first !== undefined && first.rows.length > 0 && lostRows(first, second) === undefined;
  const streamLogProbs = !refusesRows ? 'plain' : complete ? 'n_probs' : 'refused';
  const reasons = thinks || (first?.reasoning ?? second?.reasoning ?? '') !== '';
  const { unparsed, off } = await withoutParser(asker, reasons);
  const toolless = await asker.chat({ messages: toolMessages, maxTokens: 1 });
  return { ...modeOf(streamed, whole), streamed: first, streamLogProbs, whole: second, unparsed, off, toollessTokens: toolless.ok ? toolless.reply.promptTokens : undefined };
}

async function withoutParser(asker: ModelAsker, reasons: boolean): Promise<Pick<ToolAnswers, 'unparsed' | 'off'>> {
  const question = { messages: toolMessages, tools, maxTokens, logProbs: 1 };
  const none: JsonObject = { tool_choice: 'none' };
  const switched = reasoningSwitch(asker.kind);
  if (!reasons || switched === undefined) {
    const seen = await asker.chat({ ...question, more: none });
    return { unparsed: seen.ok ? seen.reply : undefined, off: undefined };
  }
  const seen = await asker.chat({ ...question, more: { ...none, ...switched.fields } });
  if (!seen.ok) return withoutParser(asker, false);
  const quiet = seen.reply.reasoning === '' && !/<think>\s*\S/.test(seen.reply.content);
  return { unparsed: seen.reply, off: quiet ? switched.words : undefined };
}

function modeOf(streamed: Seen, whole: Seen): Pick<ToolAnswers, 'mode' | 'message'> {
  const refused = [whole, streamed].find((seen) => !seen.ok);
  const replies = [streamed, whole].flatMap((seen) => (seen.ok ? [seen.reply] : []));
  const bad = replies.flatMap(({ calls }) => calls).find((call) => !isCall(call));
  if (refused && !refused.ok && /failed to parse/i.test(refused.refusal.message)) return { mode: 'broken', message: refused.refusal.message };
  if (bad) return { mode: 'broken', message: `the arguments of a call are no JSON object: ${bad.arguments.slice(0, 80)}` };
  if (replies.some(({ calls }) => calls.length > 0)) {
    const left = replies.find((reply) => reply.calls.length === 0 && callsInText(reply).includes(toolName));
    return left ? { mode: 'broken', message: `a call was left in the text ${left.streamed ? 'of the stream' : 'of the answer in one piece'}` } : { mode: 'parsed', message: undefined };
  }
  const inText = replies.flatMap(callsInText);
  if (inText.includes(toolName)) return { mode: 'text', message: undefined };
  if (inText.length > 0) return { mode: 'noCall', message: `it called ${inText[0] ?? ''}, which nobody offered` };
  const first = replies[0];
  if (first) return { mode: 'noCall', message: `it answered: ${first.content.trim().slice(0, 60) || 'nothing'}` };
  return refused && !refused.ok ? { mode: 'refused', message: refused.refusal.message } : { mode: 'unknown', message: undefined };
}

function isCall({ name, arguments: text }: SeenReply['calls'][number]): boolean {
  const parsed = parseJson(text.trim() === '' ? '{}' : text);
  return name !== '' && parsed.ok && isJsonObject(parsed.value);
}

/** Names of calls that stand in the text in any of the syntaxes that the loop reads. */
function callsInText({ content }: SeenReply): readonly string[] {
  return extractPrediction(content).calls.map(({ name }) => name);
}
