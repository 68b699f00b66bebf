import * as z from 'zod';
import { forEachLimited } from '../../../src/app/workPool.ts';
import type { Sample } from '../../../src/core/dataset/sample.ts';
import { samplingSchema } from '../../../src/core/llm/completionPort.ts';
import { renderPrompt } from '../../../src/embedded/chat/template.ts';
import { chatBody } from '../../../src/node/openaiRequest.ts';
import { compareAnswer, isNearTie, nearTie, WorstLogProbs, type Parting, type ServerToken } from '../support/compareAnswers.ts';
import { withServer, type RealContext } from '../support/context.ts';
import { longestAnswer } from '../support/embeddedReference.ts';
import type { LlamaServer } from '../support/llamaServer.ts';

const step = 'answers';
const row = z.object({ token: z.string(), logprob: z.number() });
const answerSchema = z.object({ choices: z.array(z.object({ logprobs: z.object({ content: z.array(row.extend({ top_logprobs: z.array(row) })) }) })).length(1) });
const greedy = { temperature: 0, top_p: 1, top_k: -1, min_p: 0, max_tokens: longestAnswer } as const;

/**
 * Greedy answers and their log-probabilities, asked for without the program's client in between: of the server as its users
 * start it, which computes attention and, with an F16 file, everything else in half precision, and in single precision.
 */
export async function answersStep(context: RealContext): Promise<void> {
  const { results, samples, singlePrecision } = context;
  await withServer(context, { slots: 4 }, async (server) => {
    const compared = await completions(context, server);
    judge(context, 'greedy texts, as llama.cpp starts', compared);
    results.check(compared.worst.within('any'), step, 'log-probabilities (3e-2), as llama.cpp starts', String(compared.worst));
    await constrained(context, server);
  });
  await withServer(context, { slots: 4, model: singlePrecision, flags: ['-fa', 'off', '-ctk', 'f32', '-ctv', 'f32'] }, async (server) => {
    const compared = await completions(context, server);
    judge(context, 'greedy texts, single precision', compared);
    results.check(compared.worst.within('likely'), step, 'log-probabilities (3e-2, 1e-3 where p > 0.5), single precision', String(compared.worst));
    if (!compared.worst.within('likely')) results.note(`the worst with p > 0.5: ${compared.worst.worst}`);
  });
  results.note(`${samples.length} samples, 4 slots, 4 at a time; near tie: the two likeliest tokens less than ${nearTie} apart`);
}

async function completions(context: RealContext, server: LlamaServer): Promise<Compared> {
  return await compareAll(context, ({ messages, tools }) => tokensOf(server, '/v1/completions', { ...greedy, prompt: renderPrompt(messages, tools), logprobs: 5 }));
}

/**
 * With tools and `tool_choice: auto` llama.cpp holds calls to the tools' schemas while the model writes. Such an answer is
 * not the policy's own: where it parts from the embedded engine, the server must say that it did not take its likeliest token.
 */
async function constrained(context: RealContext, server: LlamaServer): Promise<void> {
  const { results } = context;
  const compared = await compareAll(context, (sample) => tokensOf(server, '/v1/chat/completions', { ...chatRequest(sample), ...greedy, logprobs: true, top_logprobs: 5 }));
  const forced = compared.partings.filter(({ parting, tokens }) => {
    const written = tokens[parting.place];
    const likeliest = written?.top?.[0];
    return written !== undefined && likeliest !== undefined && likeliest.text !== written.text && likeliest.logProb > written.logProb;
  });
  const own = compared.partings.filter((one) => !forced.includes(one) && !isNearTie(one.parting));
  own.forEach(({ parting }) => results.note(parting.text));
  results.check(own.length === 0, step, 'chat, tool_choice auto: held to the schemas by the server', `${forced.length} of ${compared.count} answers are not the policy's own, ${own.length} differ otherwise`);
  forced.slice(0, 3).forEach(({ parting }) => results.note(parting.text));
}

function chatRequest({ messages, tools }: Sample): object {
  const body = chatBody({ model: 'policy', messages, tools, sampling: samplingSchema.parse({}), logProbs: false }, { stream: false, logProbs: true, jsonSchema: true, ownSampler: true }, '127.0.0.1');
  return z.looseObject({}).parse(JSON.parse(body));
}

async function tokensOf(server: LlamaServer, path: string, body: object): Promise<readonly ServerToken[]> {
  const [choice] = answerSchema.parse(await server.post(path, body)).choices;
  const read = ({ token, logprob }: z.infer<typeof row>) => ({ text: token, logProb: logprob });
  const tokens = (choice?.logprobs.content ?? []).map((one) => ({ ...read(one), top: one.top_logprobs.map(read) }));
  // Some replies have a row for the end of the turn, which stands for no text.
  return tokens.at(-1)?.text === '' ? tokens.slice(0, -1) : tokens;
}

type Compared = { readonly count: number; readonly partings: readonly { readonly parting: Parting; readonly tokens: readonly ServerToken[] }[]; readonly worst: WorstLogProbs };

async function compareAll({ samples, reference }: RealContext, ask: (sample: Sample) => Promise<readonly ServerToken[]>): Promise<Compared> {
  const worst = new WorstLogProbs();
  const partings: { parting: Parting; tokens: readonly ServerToken[] }[] = [];
  await forEachLimited(samples.entries(), 4, new AbortController().signal, async ([index, sample]) => {
    const expected = reference[index];
    if (expected === undefined) throw new Error('a sample has no reference answer');
    const tokens = await ask(sample);
    const parting = compareAnswer(expected, tokens, worst);
    if (parting) partings.push({ parting, tokens });
  });
  return { count: samples.length, partings, worst };
}

function judge({ results }: RealContext, what: string, { count, partings }: Compared): void {
  const ties = partings.filter(({ parting }) => isNearTie(parting));
  partings.forEach(({ parting }) => results.note(`${isNearTie(parting) ? 'near tie' : 'DIFFERS'}, ${parting.text}`));
  results.check(partings.length === ties.length, step, what, `${count - partings.length} of ${count} equal, ${ties.length} near ties, ${partings.length - ties.length} differ`);
}
