import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/core/random/rng.ts';
import { wordings } from '../../../src/demo/catalogue/toolSpec.ts';
import { toolByNoun, toolSpecs } from '../../../src/demo/catalogue/tools.ts';
import { deriveAnswer, deriveRequest } from '../../../src/demo/grammar.ts';
import { toolDefinition } from '../../../src/demo/toolDefinition.ts';
import { drawSample, sampleKinds } from '../../../src/demo/world.ts';

describe('the grammar of the demo world', () => {
  it('derives the truth of any sample from its tools and messages', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...wordings), fc.constantFrom('known' as const, 'new' as const), fc.constantFrom(...sampleKinds), fc.integer(),
        (wording, side, kind, seed) => {
          const sample = drawSample({ wording, side, kind }, new Rng('grammar', seed));
          expect(deriveRequest(sample.tools, sample.messages)).toEqual({ kind, subject: sample.subject, answer: sample.truth });
        },
      ),
      { numRuns: 2500 },
    );
  });

  it('reads every template of every tool and wording', () => {
    for (const tool of toolSpecs) {
      for (const wording of wordings) {
        const rng = new Rng('each', tool.noun, wording);
        for (let i = 0; i < 12; i++) {
          const sample = drawSample({ wording, side: 'known', kind: i % 2 === 0 ? 'single' : 'missing', subject: [tool.noun] }, rng);
          expect(deriveAnswer(sample.tools, sample.messages)).toEqual(sample.truth);
        }
      }
    }
  });

  it('does not depend on the order of the tools nor on tools that the request does not need', () => {
    const rng = new Rng('order');
    for (let i = 0; i < 100; i++) {
      const sample = drawSample({ wording: 'loop', side: 'known', kind: 'single' }, rng);
      expect(deriveAnswer([...sample.tools].reverse(), sample.messages)).toEqual(sample.truth);
    }
  });

  it('declines when the tool that a request needs is taken away', () => {
    const rng = new Rng('taken away');
    for (let i = 0; i < 100; i++) {
      const sample = drawSample({ wording: 'held', side: 'new', kind: 'single' }, rng);
      const others = toolSpecs.filter((tool) => !sample.subject.includes(tool.noun)).slice(0, 3);
      expect(deriveAnswer(others.map((tool) => toolDefinition(tool)), sample.messages)).toEqual({ kind: 'text', text: 'no tool fits' });
    }
  });

  it('takes the id of a follow-up from the result, not from the words', () => {
    const tools = ['item', 'order'].map((noun) => toolDefinition(toolByNoun(noun)));
    const call = { name: 'buy_item', arguments: { item: 'lamps', count: 2 } };
    const answer = deriveAnswer(tools, [
      { role: 'user', content: 'buy 2 of lamps' },
      { role: 'assistant', content: '', calls: [call] },
      { role: 'tool', content: '{"order_id":4711}' },
      { role: 'user', content: 'where is it' },
    ]);
    expect(answer).toEqual({ kind: 'calls', calls: [{ name: 'track_order', arguments: { order_id: 4711 } }] });
  });

  it.each([
    ['what the world has never heard', 'please sharpen my pencils'],
    ['a request that it half knows', 'play blue river and sharpen my pencils'],
    ['nothing', ''],
  ])('has no answer to %s', (_, content) => {
    expect(deriveAnswer([toolDefinition(toolByNoun('song'))], [{ role: 'user', content }])).toBeUndefined();
  });

  it('has no answer where the last message is not a person’s', () => {
    expect(deriveAnswer([], [])).toBeUndefined();
    expect(deriveAnswer([], [{ role: 'tool', content: '{"order_id":1}' }])).toBeUndefined();
  });
});
