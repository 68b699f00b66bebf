import { expect, it } from 'vitest';
import type { CompletionPort, CompletionReply } from '../../../src/core/llm/completionPort.ts';
import { samplingSchema } from '../../../src/core/llm/completionPort.ts';
import { jinjaPrompt } from '../../../src/core/llm/template/promptTemplate.ts';
import { predictionFromReply } from '../../../src/core/toolcall/extract.ts';
import { noTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { promptedPort } from '../../../src/node/prompting/promptedPort.ts';

const { signal } = new AbortController();

/** A port that answers one text, and what it was asked. */
function answering(content: string, finishReason = 'stop') {
  const asked: unknown[] = [];
  const reply: CompletionReply = { content, reasoning: '', calls: [], finishReason, logProbs: undefined, promptTokens: 1, completionTokens: 1, model: 'm' };
  const port: CompletionPort = {
    description: { model: 'm', host: 'h', simulated: false },
    concurrency: 1,
    used: () => ({ 'used.tokens': 2 }),
    complete: (request) => {
      asked.push(request.rendered);
      return Promise.resolve({ ok: true, reply, attempts: 1, elapsedMs: 1 });
    },
  };
  return { port, asked };
}

async function ask(source: string, content: string, options: { readonly finishReason?: string; readonly addsBos?: boolean } = {}) {
  const made = await jinjaPrompt({ name: 't', source, bosToken: '<s>' });
  if (!made.ok) throw new Error(made.message);
  const { port, asked } = answering(content, options.finishReason);
  const prompted = promptedPort(port, { mode: 'raw', template: made.template, addsBos: options.addsBos ?? false });
  expect(prompted.used?.()).toEqual({ 'used.tokens': 2 });
  const outcome = await prompted.complete({ messages: [{ role: 'user', content: 'hi' }], tools: [], sampling: samplingSchema.parse({}), logProbs: false }, signal);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return { asked, reply: outcome.reply, prediction: predictionFromReply(outcome.reply, noTextKinds) };
}

it('reasoning that the prompt has begun is no answer, also where it does not end', async () => {
  const source = '{{ messages[0].content }}<assistant>\n<think>\n';
  const call = '<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>';
  expect((await ask(source, `I think.\n</think>\n\n${call}`)).prediction).toMatchObject({ kind: 'CALL', calls: [{ name: 'f' }] });
  expect((await ask(source, 'I think and think')).prediction.kind).toBe('TRUNCATED');
  expect((await ask('{{ messages[0].content }}', 'I think and think')).prediction.kind).toBe('TEXT_ANSWER');
  expect((await ask('{{ messages[0].content }}', 'half an ans', { finishReason: 'length' })).prediction.kind).toBe('TRUNCATED');
});

it('the token of a beginning is left to a server that writes it', async () => {
  const source = '{{ bos_token }}{{ messages[0].content }}';
  expect((await ask(source, 'x')).asked).toEqual([{ prompt: '<s>hi', stop: [] }]);
  expect((await ask(source, 'x', { addsBos: true })).asked).toEqual([{ prompt: 'hi', stop: [] }]);
});
