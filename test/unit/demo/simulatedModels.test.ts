import { describe, expect, it } from 'vitest';
import { sampleId } from '../../../src/core/dataset/identity.ts';
import type { Message } from '../../../src/core/dataset/sample.ts';
import type { Answer } from '../../../src/core/llm/prompts/answer.ts';
import { buildCritiqueRequest, parseCritiqueReply } from '../../../src/core/llm/prompts/critique.ts';
import { buildGenerateRequest, parseGenerateReply, type GeneratedSample } from '../../../src/core/llm/prompts/generate.ts';
import { buildJudgeRequest, parseJudgeReply } from '../../../src/core/llm/prompts/judge.ts';
import { writeSections } from '../../../src/core/llm/prompts/sections.ts';
import { Rng } from '../../../src/core/random/rng.ts';
import { sameAnswer } from '../../../src/demo/answer.ts';
import { drawSamples } from '../../../src/demo/evaluationSets.ts';
import { deriveAnswer } from '../../../src/demo/grammar.ts';
import { plantErrors } from '../../../src/demo/plantErrors.ts';
import { createSimulatedGenerator, generateReply } from '../../../src/demo/simulatedGenerator.ts';
import { createSimulatedJudge, judgeReply } from '../../../src/demo/simulatedJudge.ts';
import type { DemoLabel, DemoSample } from '../../../src/demo/world.ts';
import type { ServedChunk, ServedModel } from '../../../src/embedded/serving/servedModel.ts';

function userText(request: { readonly messages: readonly Message[] }): string {
  return request.messages.find((message) => message.role === 'user')?.content ?? '';
}

/** An answer as the prompts have it. */
const shown = (label: DemoLabel): Answer => (label.kind === 'calls' ? { calls: label.calls } : { text: label.text });

function comparePrompt({ tools, messages }: DemoSample, first: DemoLabel, second: DemoLabel): string {
  return userText(buildJudgeRequest({ tools, messages, first: shown(first), second: shown(second) }));
}

function generatePrompt({ tools, messages, truth }: DemoSample, seed: number): string {
  const variation = { name: 'rephrase', kind: 'same' as const, instruction: 'say it otherwise', seed };
  return userText(buildGenerateRequest({ tools, messages, correct: shown(truth), wrong: { text: 'ok' }, analysis: '', variation }));
}

const samples = drawSamples(1200, ['loop'], 'known', new Rng('simulated'));
/** Pairs of a right and a wrong answer. */
const wrong = plantErrors(samples, { random: 1, systematic: 0 }, new Rng('wrong'));
const exact = { errorRate: 0, positionBias: 0, seed: 1 };

function parse(reply: string): { readonly verdict: string; readonly analysis: string } | undefined {
  const parsed = parseJudgeReply(reply);
  return 'word' in parsed ? { verdict: parsed.word, analysis: parsed.analysis } : undefined;
}

async function collect(model: ServedModel, content: string, seed?: number): Promise<string> {
  const messages: readonly Message[] = [{ role: 'system', content: 'You judge.' }, { role: 'user', content }];
  const sampling = { temperature: 0, topP: 1, topK: -1, maxTokens: 100, stop: [], seed };
  const chunks: ServedChunk[] = [];
  for await (const chunk of model.complete({ messages, tools: [], sampling, logProbs: false, topLogProbs: 0, incremental: false }, new AbortController().signal)) chunks.push(chunk);
  expect(chunks.at(-1)?.kind).toBe('end');
  return chunks.map((chunk) => (chunk.kind === 'text' ? chunk.text : '')).join('');
}

describe('the simulated judge', () => {
  it('without errors finds which answer is right, whatever the order', () => {
    for (const sample of wrong.slice(0, 300)) {
      const forwards = parse(judgeReply(comparePrompt(sample, sample.label, sample.truth), exact));
      const backwards = parse(judgeReply(comparePrompt(sample, sample.truth, sample.label), exact));
      if (forwards) expect(forwards.verdict).toBe('ANSWER_1_WRONG');
      if (backwards) expect(backwards.verdict).toBe('ANSWER_2_WRONG');
      if (forwards) expect(forwards.analysis).toMatch(/^Answer 1 is wrong: .+\. Answer 2 does what the request asks\.$/);
    }
  });

  it('knows when both answers are right and when both are wrong', () => {
    const [sample] = wrong;
    if (!sample) throw new Error('no sample');
    expect(parse(judgeReply(comparePrompt(sample, sample.truth, sample.truth), exact))?.verdict).toBe('BOTH_CORRECT');
    expect(parse(judgeReply(comparePrompt(sample, sample.label, { kind: 'text', text: 'never mind' }), exact))?.verdict).toBe('BOTH_WRONG');
  });

  it('errs about as often as it is told to, and half of the time in both orders alike', () => {
    const settings = { errorRate: 0.2, positionBias: 0, seed: 3 };
    let errors = 0;
    let both = 0;
    let unparsable = 0;
    for (const sample of wrong) {
      const a = parse(judgeReply(comparePrompt(sample, sample.label, sample.truth), settings));
      const b = parse(judgeReply(comparePrompt(sample, sample.truth, sample.label), settings));
      if (!a || !b) {
        unparsable++;
        continue;
      }
      const [wrongA, wrongB] = [a.verdict !== 'ANSWER_1_WRONG', b.verdict !== 'ANSWER_2_WRONG'];
      errors += Number(wrongA) + Number(wrongB);
      both += Number(wrongA && wrongB);
    }
    const judged = wrong.length - unparsable;
    expect(unparsable).toBeGreaterThan(0);
    expect(unparsable / wrong.length).toBeLessThan(0.04);
    expect(errors / (2 * judged)).toBeGreaterThan(0.15);
    expect(errors / (2 * judged)).toBeLessThan(0.24);
    expect(both / judged).toBeGreaterThan(0.07);
    expect(both / judged).toBeLessThan(0.15);
  });

  it('prefers the first answer as often as its bias says', () => {
    const settings = { errorRate: 0, positionBias: 0.3, seed: 3 };
    const replies = wrong.map((sample) => parse(judgeReply(comparePrompt(sample, sample.label, sample.truth), settings))).filter((reply) => reply !== undefined);
    const preferred = replies.filter((reply) => reply.verdict === 'ANSWER_2_WRONG').length / replies.length;
    expect(preferred).toBeGreaterThan(0.25);
    expect(preferred).toBeLessThan(0.35);
  });

  it('asked again, slips elsewhere, but misreads the same conversations', () => {
    const settings = { errorRate: 0.4, positionBias: 0, seed: 3 };
    const some = wrong.slice(0, 400);
    const wrongOf = (draw: number): readonly boolean[] => some.map((sample) => parse(judgeReply(comparePrompt(sample, sample.label, sample.truth), settings, draw))?.verdict !== 'ANSWER_1_WRONG');
    const draws = [0, 1, 2, 3, 4, 5].map(wrongOf);
    const always = some.filter((_, i) => draws.every((one) => one[i])).length / some.length;
    const sometimes = some.filter((_, i) => draws.some((one) => one[i]) && !draws.every((one) => one[i])).length / some.length;
    expect(always).toBeGreaterThan(0.12);
    expect(always).toBeLessThan(0.28);
    expect(sometimes).toBeGreaterThan(0.4);
  });

  it('rules on one answer alone', () => {
    const verdict = ({ tools, messages }: DemoSample, answer: DemoLabel): string | undefined => {
      const reply = parseCritiqueReply(judgeReply(userText(buildCritiqueRequest({ tools, messages, answer: shown(answer) })), exact));
      return 'word' in reply ? reply.word : undefined;
    };
    for (const sample of wrong.slice(0, 200)) {
      expect(['CORRECT', undefined]).toContain(verdict(sample, sample.truth));
      expect(['INCORRECT', undefined]).toContain(verdict(sample, sample.label));
    }
  });

  it('gives no verdict on what it does not know', () => {
    expect(parse(judgeReply('what do you think?', exact))).toBeUndefined();
    expect(judgeReply(writeSections([{ title: 'Tools', value: [] }, { title: 'Conversation', value: [{ role: 'user', content: 'sharpen my pencil' }] }]), exact)).toContain('demo world only');
  });

  it('answers equal requests equally through the server’s interface, says that it is simulated, and stops when told to', async () => {
    const model = createSimulatedJudge({ errorRate: 0.1, positionBias: 0.05, seed: 1 });
    const [sample] = wrong;
    if (!sample) throw new Error('no sample');
    const prompt = comparePrompt(sample, sample.label, sample.truth);
    expect(await collect(model, prompt)).toBe(await collect(model, prompt));
    expect(model.describe().simulated).toBe(true);
    const stopped = model.complete({ messages: [], tools: [], sampling: { temperature: 0, topP: 1, topK: 0, maxTokens: 1, stop: [], seed: 1 }, logProbs: false, topLogProbs: 0, incremental: false }, AbortSignal.abort());
    await expect(stopped[Symbol.asyncIterator]().next()).rejects.toThrow(/abort/i);
  });
});

describe('the simulated generator', () => {
  type Generated = { readonly sample: DemoSample; readonly reply: GeneratedSample | undefined };
  const generated = (settings: typeof exact): readonly Generated[] =>
    samples.slice(0, 600).map((sample) => {
      const reply = parseGenerateReply(generateReply(generatePrompt(sample, 1), settings));
      return { sample, reply: reply.ok ? reply.sample : undefined };
    });
  const answerOf = (reply: GeneratedSample): DemoLabel => ('calls' in reply.answer ? { kind: 'calls', calls: reply.answer.calls } : { kind: 'text', text: reply.answer.text });
  const rightOf = (sample: DemoSample, reply: GeneratedSample): DemoLabel | undefined =>
    deriveAnswer(sample.tools.filter((tool) => reply.tools?.includes(tool.name) ?? true), reply.messages);

  it('varies a seed within its kind and tools, with the right answer when it does not err', () => {
    for (const { sample, reply } of generated(exact)) {
      if (!reply) continue;
      const right = rightOf(sample, reply);
      expect(right && sameAnswer(right, answerOf(reply))).toBe(true);
      expect(answerOf(reply).kind).toBe(sample.truth.kind);
    }
  });

  it('is sometimes malformed, sometimes gives the seed back, and mostly neither', () => {
    const all = generated(exact);
    const malformed = all.filter(({ reply }) => !reply).length / all.length;
    const copies = all.filter(({ sample, reply }) => reply && sampleId([], reply.messages) === sampleId([], sample.messages)).length / all.length;
    expect(malformed).toBeGreaterThan(0.002);
    expect(malformed).toBeLessThan(0.05);
    expect(copies).toBeGreaterThan(0.005);
    expect(copies).toBeLessThan(0.12);
  });

  it('gives wrong answers about as often as it is told to', () => {
    const replies = generated({ errorRate: 0.3, positionBias: 0, seed: 5 }).flatMap(({ sample, reply }) => (reply ? [{ sample, reply }] : []));
    const errors = replies.filter(({ sample, reply }) => {
      const right = rightOf(sample, reply);
      return !right || !sameAnswer(right, answerOf(reply));
    });
    expect(errors.length / replies.length).toBeGreaterThan(0.22);
    expect(errors.length / replies.length).toBeLessThan(0.38);
  });

  it('gives another variation for another seed of the variation', async () => {
    const model = createSimulatedGenerator(exact);
    const sample = samples.find((one) => one.kind === 'single');
    if (!sample) throw new Error('no sample');
    const texts = new Set(await Promise.all([1, 2, 3, 4].map((seed) => collect(model, generatePrompt(sample, seed)))));
    expect(texts.size).toBeGreaterThan(2);
    expect(generateReply('hello', exact)).toContain('demo world only');
  });
});
