import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readGguf } from '../../src/embedded/gguf/read.ts';
import { Team } from '../../src/embedded/team.ts';
import { ReferenceModel } from '../unit/embedded/referenceModel.ts';

/** What llama.cpp does with the same weights, computing in float32 as the engine does; made by makeLlamaFixture.mjs. */
const ids = z.array(z.number().int());
const fixture = z
  .object({
    maxNewTokens: z.number(),
    texts: z.array(z.object({ text: z.string(), tokens: ids, plainTokens: ids })).min(20),
    prompts: z.array(z.object({ prompt: z.string(), answer: z.string(), tokens: ids, answerTokens: ids, greedy: z.string(), logProbs: z.array(z.number()) })).min(30),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'llamaCpp.json'), 'utf8')));
const model = readGguf(readFileSync(join(import.meta.dirname, 'llamaCpp.gguf')));
const assetsDirectory = join(import.meta.dirname, '../../dist');
if (!existsSync(join(assetsDirectory, 'kernels.wasm'))) throw new Error('dist/ is missing: run `npm run build` before the tests of the engine');

describe('llama.cpp, given the same checkpoint,', () => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.start(model.config, { assetsDirectory, threads: 2 });
    await team.load(model.weights);
  });
  afterAll(() => team.close());

  it('reads texts, prompts and answers as the same tokens', () => {
    for (const { text, tokens } of fixture.texts) expect(model.tokenizer.encode(text), JSON.stringify(text)).toEqual(tokens);
    for (const p of fixture.prompts) {
      expect(model.tokenizer.encode(p.prompt)).toEqual(p.tokens);
      expect([...model.tokenizer.encode(p.answer), model.endOfTurn]).toEqual(p.answerTokens);
    }
  });

  it('reads data as the same tokens where no special token is meant', () => {
    // llama.cpp takes user-defined tokens (the tool tags) as such even in data; the engine does not.
    const plain = fixture.texts.filter(({ text }) => !text.includes('<tool_call>'));
    expect(plain.length).toBeGreaterThan(15);
    for (const { text, plainTokens } of plain) expect(model.tokenizer.encodePlain(text), JSON.stringify(text)).toEqual(plainTokens);
  });

  it('writes the same greedy answers', async () => {
    const rolled = await team.rollout(fixture.prompts.map((p) => p.tokens), { samples: 1, temperature: 0, maxNewTokens: fixture.maxNewTokens, stop: model.endOfTurn, seed: [] });
    fixture.prompts.forEach((p, i) => {
      const tokens = rolled.completions[i]?.[0]?.tokens ?? [];
      expect(model.tokenizer.decode(tokens.filter((t) => t !== model.endOfTurn))).toBe(p.greedy);
    });
  });

  it('gives every token of an answer the same log-probability: within 1e-3 where p > 0.5, within 3e-2 elsewhere', async () => {
    const mine = await scores();
    let likely = 0;
    fixture.prompts.forEach((p, i) =>
      p.logProbs.forEach((theirs, j) => {
        const isLikely = theirs > Math.log(0.5);
        expect(Math.abs((mine[i]?.[j] ?? Number.NaN) - theirs), `${p.answer} token ${j}`).toBeLessThan(isLikely ? 1e-3 : 3e-2);
        if (isLikely) likely++;
      }),
    );
    expect(likely).toBeGreaterThan(700);
  });

  it('is as near to a float64 model as the engine is, where the two differ most', async () => {
    const mine = await scores();
    const worst = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((x, i) => Math.abs(x - (b[i] ?? Number.NaN))));
    const prompts = fixture.prompts.map((p, i) => ({ p, own: mine[i] ?? [] })).sort((a, b) => worst(b.own, b.p.logProbs) - worst(a.own, a.p.logProbs));
    const reference = new ReferenceModel(model.config, Float64Array.from(model.weights));
    for (const { p, own } of prompts.slice(0, 2)) {
      const exact = reference.logProbs([...p.tokens, ...p.answerTokens]).slice(p.tokens.length - 1);
      expect(worst(own, exact)).toBeLessThan(1e-4);
      expect(worst(p.logProbs, exact)).toBeLessThan(1e-4);
    }
  });

  async function scores(): Promise<readonly (readonly number[])[]> {
    const scored = await team.score(fixture.prompts.map((p) => ({ prefix: p.tokens, segments: [{ tokens: p.answerTokens, lossFrom: 0, weight: 1 }] })));
    return fixture.prompts.map((p, i) => {
      const own = scored[i]?.[0]?.logProbs ?? [];
      expect(own).toHaveLength(p.logProbs.length);
      return own;
    });
  }
});
