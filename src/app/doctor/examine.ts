import type { ServerBehaviour, ServerIdentity } from '../../protocol/serverReport.ts';
import type { Clock } from '../../node/clock.ts';
import type { ServerAddress, Waits } from '../../node/servers/identify.ts';
import { ModelAsker } from '../../node/servers/modelAsker.ts';
import { reasoningSwitch } from '../../node/servers/serverKnowledge.ts';
import type { SeenReply } from '../../node/servers/readReply.ts';
import { coversOf, lostRows, observePlain, zeroRows, type Plain } from './observe.ts';
import { observeRaw, observeRendering, observeStructured, type Raw, type Rendered } from './observeRaw.ts';
import { observeRepeats, type Repeats } from './observeRepeats.ts';
import { observeTools, type ToolAnswers } from './observeTools.ts';

/** What is being found out, for progress. */
export type ExamineStep = 'plain' | 'tools' | 'tokens' | 'raw' | 'structured' | 'repeats';

/** Asks the model behind a server that is ready, one small question after another, without any data of the user's. */
export async function examine(identity: ServerIdentity, address: ServerAddress, waits: Waits, clock: Clock, signal: AbortSignal, tell: (step: ExamineStep) => void): Promise<ServerBehaviour> {
  const asker = new ModelAsker(address, identity.kind, waits, signal);
  const checkedAt = new Date(clock.now()).toISOString();
  tell('plain');
  const plain = await observePlain(asker);
  if (plain.refused) return { ...unasked(checkedAt, asker.requests), names: plain.names, refused: { status: plain.refused.status || null, message: plain.refused.message } };
  tell('tools');
  const tools = await observeTools(asker, (plain.reply?.reasoning ?? '') !== '' || /<think>/.test(plain.reply?.content ?? ''));
  tell('tokens');
  const rendered = await observeRendering(asker);
  tell('raw');
  const raw = await observeRaw(asker, rendered.prompt);
  tell('structured');
  const structured = await observeStructured(asker, tools.off === undefined ? {} : (reasoningSwitch(identity.kind)?.fields ?? {}));
  tell('repeats');
  const repeats = await observeRepeats(asker, () => clock.now());
  return behaviourOf({ checkedAt, requests: asker.requests, plain, tools, rendered, raw, structured, repeats });
}

function unasked(checkedAt: string, requests: number): ServerBehaviour {
  return {
    checkedAt,
    requests,
    refused: null,
    firstMs: null,
    streams: null,
    usage: false,
    logprobs: { mode: 'none', stream: null, raw: null, zeros: false, bytes: false, covers: null, lost: null, prompt: false },
    tools: { mode: 'unknown', message: null, rawVia: null, rawAgrees: null },
    reasoning: { field: null, off: null, swallowed: false },
    structured: 'unknown',
    tokenize: { via: null, count: null, toolInPrompt: null },
    names: 'unknown',
    temperature: 'unknown',
    fingerprint: null,
    repeatability: null,
    parallelism: null,
  };
}

type Observed = {
  readonly checkedAt: string;
  readonly requests: number;
  readonly plain: Plain;
  readonly tools: ToolAnswers;
  readonly rendered: Rendered;
  readonly raw: Raw;
  readonly structured: ServerBehaviour['structured'];
  readonly repeats: Repeats;
};

function behaviourOf({ checkedAt, requests, plain, tools, rendered, raw, structured, repeats }: Observed): ServerBehaviour {
  const { reply } = plain;
  const { streamed, whole, unparsed } = tools;
  return {
    ...unasked(checkedAt, requests),
    firstMs: reply ? Math.round(reply.elapsedMs) : null,
    streams: reply?.streamed ?? null,
    usage: (reply?.completionTokens ?? whole?.completionTokens) !== undefined,
    logprobs: logProbsOf(plain, tools, raw),
    tools: {
      mode: tools.mode,
      message: tools.message ?? null,
      rawVia: raw.via ?? null,
      rawAgrees: rendered.prompt !== undefined && raw.reply !== undefined && unparsed !== undefined && unparsed.reasoning === '' ? raw.reply.content.trim() === unparsed.content.trim() : null,
    },
    reasoning: reasoningOf([reply, streamed, whole], tools.off),
    structured,
    tokenize: { ...rendered.tokenize, toolInPrompt: rendered.tokenize.toolInPrompt ?? toolsByCount(tools) },
    names: plain.names,
    temperature: plain.temperature,
    ...repeats,
  };
}

function logProbsOf({ reply, raw: before }: Plain, { streamed, whole, streamLogProbs }: ToolAnswers, raw: Raw): ServerBehaviour['logprobs'] {
  const rows = [whole, streamed, reply].find((one) => one !== undefined && one.rows.length > 0)?.rows ?? raw.reply?.rows ?? [];
  const inChat = [whole, streamed, reply].some((one) => one !== undefined && one.rows.length > 0);
  const lost = streamed === undefined || streamed.rows.length === 0 || streamLogProbs !== 'plain' ? undefined : lostRows(streamed, whole);
  const countable = streamed?.completionTokens !== undefined || (whole?.rows.length ?? 0) > 0;
  const complete = streamed === undefined || !countable ? null : streamed.rows.length > 0 && lost === undefined;
  const read = [whole, streamed].find((one) => one !== undefined && one.rows.length > 0);
  // Ollama sends none at all with calls, and some with text.
  const withoutCalls = inChat && read === undefined && [whole, streamed].some((one) => one !== undefined && one.calls.length > 0);
  return {
    mode: streamLogProbs === 'n_probs' ? 'n_probs' : inChat ? 'chat' : rows.length > 0 ? 'raw' : 'none',
    stream: streamLogProbs === 'refused' ? false : !inChat || withoutCalls ? null : complete,
    raw: zeroRows(rows) ? false : (before ?? null),
    zeros: zeroRows(rows),
    bytes: rows.length > 0 && rows.some(({ bytes }) => bytes !== undefined),
    covers: withoutCalls ? 'withoutCalls' : read ? coversOf(read) : null,
    lost: lost ?? null,
    prompt: raw.promptLogProbs,
  };
}

function reasoningOf(replies: readonly (SeenReply | undefined)[], off: string | undefined): ServerBehaviour['reasoning'] {
  const seen = replies.filter((reply) => reply !== undefined);
  const field = seen.find(({ reasoningField }) => reasoningField !== undefined)?.reasoningField ?? (seen.some(({ content }) => /<think>\s*\S/.test(content)) ? 'content' : null);
  // Cut off in mid-thought is another matter: there the limit was reached.
  const swallowed = seen.some(({ content, reasoning, calls, finishReason }) => reasoning !== '' && content.trim() === '' && calls.length === 0 && finishReason === 'stop');
  return { field, off: off ?? null, swallowed };
}

/** A question that takes hardly more tokens with a tool than without: the tool did not get into the prompt. */
function toolsByCount({ whole, streamed, toollessTokens }: ToolAnswers): boolean | null {
  const withTools = whole?.promptTokens ?? streamed?.promptTokens;
  if (toollessTokens === undefined || withTools === undefined || toollessTokens === 0) return null;
  return withTools - toollessTokens >= 6;
}
