import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Label, Message } from '../../../../src/core/dataset/sample.ts';
import { queueText } from '../../../../src/core/review/queue/queueText.ts';
import type { Prediction } from '../../../../src/core/toolcall/prediction.ts';
import { hostileText, label as anyLabel, messages as anyMessages, toolCall } from '../../../builders/samples.ts';

const messages: readonly Message[] = [
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Hi', calls: [] },
  { role: 'user', content: 'Weather in OSLO, Ga\u0308vle?' },
];
const label: Label = { kind: 'calls', calls: [{ name: 'get_Weather', arguments: { city: 'Oslo' } }] };
const prediction: Prediction = { kind: 'CALL', calls: [{ name: 'get_Weather', arguments: { city: 'Bergen' } }], text: '', warnings: [] };

it('a pair is found by its last request and by the calls of both sides', () => {
  expect(queueText(messages, label, prediction)).toBe('weather in oslo, g\u00e4vle? get_weather {"city":"oslo"} get_weather {"city":"bergen"}');
  expect(queueText(messages, { kind: 'text', text: 'Which City?' }, { ...prediction, kind: 'TEXT_ANSWER', calls: [], text: 'It Rains' })).toBe('weather in oslo, g\u00e4vle? which city? it rains');
  expect(queueText([], { kind: 'noCall' }, undefined)).toBe('  ');
});

it('a long request leaves room for the sides, and long sides for the request', () => {
  const long = 'x'.repeat(5_000_000);
  const text = queueText([{ role: 'user', content: `start ${long}` }], { kind: 'calls', calls: [{ name: 'f', arguments: { a: long } }] }, prediction);
  expect(text).toHaveLength(400);
  expect(text).toMatch(/^start x+ f \{"a":"x+ get_weather/);
});

it('any pair has at most 400 units, none of them upper-case and no character halved', () => {
  const big = fc.tuple(hostileText, fc.constantFrom('', '\u{1f600}'.repeat(300), '\u0130'.repeat(500))).map((parts) => parts.join(''));
  fc.assert(
    fc.property(anyMessages, big, anyLabel, fc.array(toolCall, { maxLength: 4 }), (context, request, given, calls) => {
      const text = queueText([...context, { role: 'user', content: request }], given, { kind: 'CALL', calls, text: request, warnings: [] });
      expect(text.length).toBeLessThanOrEqual(400);
      expect(text).toBe(text.toLowerCase());
      expect(() => encodeURIComponent(text)).not.toThrow();
    }),
  );
});
