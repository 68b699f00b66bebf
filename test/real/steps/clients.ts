import { makePrompting } from '../../../src/app/prompting.ts';
import { forEachLimited } from '../../../src/app/workPool.ts';
import { samplingSchema, type CompletionReply } from '../../../src/core/llm/completionPort.ts';
import { replyText } from '../../../src/core/loop/journalEntry.ts';
import { measureReply } from '../../../src/core/llm/perplexity.ts';
import { createOpenAiClient } from '../../../src/node/openaiClient.ts';
import { promptedPort } from '../../../src/node/prompting/promptedPort.ts';
import { PromptServer } from '../../../src/node/prompting/promptServer.ts';
import { compareAnswer, isNearTie, WorstLogProbs, type ServerToken } from '../support/compareAnswers.ts';
import { withServer, type RealContext } from '../support/context.ts';
import { longestAnswer } from '../support/embeddedReference.ts';
import type { LlamaServer } from '../support/llamaServer.ts';

const step = 'client';

type Way = { readonly mode: 'chat' | 'raw'; readonly stream: boolean; readonly concurrency: number };

/** The program's own client, in every way that it can ask: prompts of the server and of its own, streamed and whole, one by one and eight at a time. */
export async function clientsStep(context: RealContext): Promise<void> {
  await withServer(context, { slots: 4 }, async (server) => {
    for (const mode of ['chat', 'raw'] as const) for (const stream of [true, false]) for (const concurrency of [1, 8]) await oneWay(context, server, { mode, stream, concurrency });
  });
}

async function oneWay({ ports, results, samples, reference }: RealContext, server: LlamaServer, { mode, stream, concurrency }: Way): Promise<void> {
  const options = { baseUrl: `${server.origin}/v1`, model: 'policy', key: undefined, timeoutMs: 60_000, stream, concurrency, maxAttempts: 3, simulated: false };
  const { prompting } = await makePrompting({ prompting: mode }, { role: 'policy', server: new PromptServer(options), absolute: (path) => path, embedded: false }, new AbortController().signal);
  const client = promptedPort(createOpenAiClient(options, ports), prompting);
  const sampling = samplingSchema.parse({ temperature: 0, maxTokens: longestAnswer, toolChoice: 'none' });
  const worst = new WorstLogProbs();
  let [equal, ties, differ, attempts, unmeasured] = [0, 0, 0, 0, 0];
  await forEachLimited(samples.entries(), concurrency, new AbortController().signal, async ([index, { messages, tools }]) => {
    const outcome = await client.complete({ messages, tools, sampling, logProbs: true }, new AbortController().signal);
    const expected = reference[index];
    attempts += outcome.attempts;
    if (!outcome.ok || expected === undefined) throw new Error(outcome.ok ? 'a sample has no reference answer' : `${outcome.failure.kind}: ${outcome.failure.message}`);
    if (measureReply(outcome.reply).all.ppl === null) unmeasured += 1;
    const parting = compareAnswer(expected, tokensOf(outcome.reply), worst);
    if (parting === undefined && replyText(outcome.reply) === expected.text) equal += 1;
    else if (parting !== undefined && isNearTie(parting)) ties += 1;
    else {
      differ += 1;
      results.note(parting?.text ?? `${JSON.stringify(replyText(outcome.reply))} in place of ${JSON.stringify(expected.text)}`);
    }
  });
  const figures = `${equal} of ${samples.length} equal, ${ties} near ties, ${differ} differ, ${attempts} attempts, ${unmeasured} without perplexity, log-probabilities within ${worst.any.toExponential(1)}`;
  results.check(differ === 0 && unmeasured === 0 && worst.within('any'), step, `${mode}, ${stream ? 'streamed' : 'whole'}, ${concurrency} at a time`, figures);
}

function tokensOf({ logProbs, logProbTokens }: CompletionReply): readonly ServerToken[] {
  const tokens = (logProbTokens ?? []).map(({ text }, index) => ({ text, logProb: logProbs?.[index] ?? NaN }));
  return tokens.at(-1)?.text === '' ? tokens.slice(0, -1) : tokens;
}
