import type { Rng } from '../../../src/core/random/rng.ts';
import { deepText, hostileText, tokens } from './hostile.ts';
import { amplified, mutatedText } from './mutate.ts';

/** One answer in each syntax that is read. */
const answers: readonly string[] = [
  '<think>Look it up.</think>\n<tool_call>\n{"name": "f", "arguments": {"a": 1, "b": "x\\n\\u00e9"}}\n</tool_call>\n<tool_call>\n{"name": "g", "arguments": {}}\n</tool_call>',
  "<tool_call>\n{'name': 'f', 'arguments': {'a': None, 'b': [1, (2,)]}}\n</tool_call>",
  '<tool_call>\n{"name": "f", "parameters": {"a": 1}}\n{"name": "g", "parameters": {}}\n</tool_call>',
  '<TOOLCALL>[{"name": "f", "arguments": {"a": 1}}]</TOOLCALL>',
  '[f(a="x", b=[1, {"c": True}]), Get It(d=-1.5e3)]',
  '```json\n[{"name": "f", "arguments": {"a": "```"}}]\n```',
  'I shall call it.\n{"tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\\"a\\": \\"}\\"}"}}]}',
  '[TOOL_CALLS][{"name": "f", "arguments": {"a": 1}, "id": "123456789"}]</s>',
  '[TOOL_CALLS]f{"a": 1}[TOOL_CALLS]g[ARGS]{"b": 2}',
  '<|python_tag|>f.call(a="x", b=1)<|eom_id|>',
  '<|python_tag|>{"name": "f", "parameters": {"a": "1"}}; {"name": "g", "parameters": {}}<|eot_id|>',
  '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{"a": 1}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"a": 1}<|call|>',
  '<function=f>{"a": 1}</function>',
  '<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n<parameter=b>\nx < y\n</parameter>\n</function>\n</tool_call>',
  'Thought: look\nAction: f\nAction Input: {"a": 1}\nObservation: 5',
  'For which city do you want it?',
];

export function answerText(rng: Rng): string {
  const kind = rng.int(10);
  if (kind === 0) return deepText(rng, rng.between(1, rng.chance(0.05) ? 100_000 : 3000));
  if (kind === 1) return hostileText(rng);
  if (kind === 2) return amplified(rng, mutatedText(rng, rng.pick(answers), rng.int(3)), rng.chance(0.1) ? 60_000 : 4000);
  if (kind === 3) return Array.from({ length: rng.between(2, 4) }, () => mutatedText(rng, rng.pick(answers), rng.int(2))).join(rng.pick(['\n', '', ' ', '\n\n']));
  return mutatedText(rng, rng.pick(answers), rng.int(6));
}

const expressions: readonly string[] = [
  "[f(a='x', b=[1, 2.0, -3], c={'d': (1,), 'e': {2, 3}}, g=None), h.i(j=True)]",
  'f(a=b.c(d=1), e=x if y else z, g=lambda q: q + 1)',
  '[f(a=[i for i in range(10) if i % 2 == 0], b={**c, "d": 1}, *args, **kw)]',
  'f(a=rb"x\\x00", b=f"{x!r:>{w}}", c="""y\n""", d=\'\\N{DASH}\\u0041\')',
  '[f(a=1_000, b=0xff, c=1j, d=1e400, e=-0, g=0b1, h=9**9**9), f(a="x" * 1000000)]',
  'f(a=not x, b=x and y or z, c=x < y <= z, d=x[1:2, ...], e=(yield), g=(w := 5))',
  '{"a": [1, {"b": null}], "c": true}',
  "{'a': [1, {'b': None}], 5: 'x', (1, 2): u'y'}",
  'f(a=1+2*3-4/5//6%7**8@9<<1>>2&3|4^~5)',
  'Get Forecast(city=Oslo, days=2 days, note=it\'s "fine")',
];

export function pythonText(rng: Rng): string {
  const kind = rng.int(10);
  if (kind === 0) return deepText(rng, rng.between(1, rng.chance(0.05) ? 100_000 : 3000));
  if (kind === 1) return Array.from({ length: rng.int(40) }, () => rng.pick(tokens)).join(rng.pick(['', ' ']));
  if (kind === 2) return amplified(rng, mutatedText(rng, rng.pick(expressions), rng.int(3)), rng.chance(0.1) ? 60_000 : 4000);
  return mutatedText(rng, rng.pick(expressions), rng.int(6));
}
