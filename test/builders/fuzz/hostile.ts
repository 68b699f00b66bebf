import { objectOf } from '../../../src/core/json/parse.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../src/core/json/value.ts';
import type { Rng } from '../../../src/core/random/rng.ts';

/** Keys that readers look for, keys that every JavaScript object inherits, and keys that are hard to write. */
const keys = [
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', 'length', '', '0', '10', '-1', 'a', 'é', '"', '\\', '\n', '\u0000', '\ud800', '$ref', '$defs', '${x}', 'a.b', 'a/b~0',
  'name', 'arguments', 'parameters', 'properties', 'required', 'type', 'items', 'enum', 'default', 'description', 'function', 'tool_calls', 'function_call', 'role', 'content', 'messages', 'tools', 'conversations',
  'from', 'value', 'id', 'ground_truth', 'answers', 'output', 'input', 'instruction', 'system', 'query', 'label', 'looptool', 'prompt', 'chosen', 'rejected', 'completion', 'question', 'city', 'api', 'call_id',
] as const;

/** Pieces of every syntax that somebody reads. */
export const tokens: readonly string[] = [
  '<tool_call>', '</tool_call>', '<tool_call>\n', '\n</tool_call>', '<TOOLCALL>', '</TOOLCALL>', '<think>', '</think>', '<thinking>', '</reasoning>', '<tools>', '</tools>', '<tool_response>', '</tool_response>', '<response>', '<obs>', '<user>', '</user>',
  '[TOOL_CALLS]', '[TOOL_CALLS]f{', '[ARGS]', '[/TOOL_CALLS]', '<|python_tag|>', '<|eom_id|>', '<|im_start|>assistant\n', '<|im_end|>', '<|eot_id|>', '</s>', '<｜tool▁calls▁begin｜>', '<｜tool▁call▁begin｜>', '<｜tool▁sep｜>', '<｜tool▁call▁end｜>', '<｜tool▁calls▁end｜>',
  '<|start|>', '<|channel|>', 'commentary to=functions.f', '<|message|>', '<|call|>', '<|constrain|>json', '<function=f>', '<function=', '</function>', '<parameter=a>', '</parameter>', 'Action: f\n', 'Action Input: {"a": 1}\n', 'Thought:', '```', '```json\n', '```python\n',
  '{"name": "f", "arguments": {"a": 1}}', '{"name": "f", "arguments": "{\\"a\\": 1}"}', '{"name": "f"}', '{"name":', '"arguments": {', "{'name': 'f', 'arguments': {'a': None}}", "[f(a='x', b=[1, {'c': True}])]", 'f(a=1)', 'f(', 'g.h(x=-1e5)', '[', ']', '{', '}', '(', ')', ',', ':', '"', "'", '\\', '\\"', '\\u00e9', '\\ud83d', '\\u', '\n', '\r\n', '\r', '\t', ' ', '\u2028', '\u0000', '\ufeff', '\ud800', '\udc00', '😀', 'İ', 'ß', '北京',
  'lambda x: x', ' if ', ' else ', ' for x in y', ' not in ', '**', '//', '...', 'f"{', 'rb"', '"""', "'''", '\\N{DASH}', '0x', '1_000', '1j', '0777', '#', ':=', '*a', '@', '~', '%', '<<', ' == ', 'None', 'True', 'null', 'NaN', 'Infinity', '-0', '5.0', '1e400', '1e-400', '123456789012345678901', '-', '+', '.5', '2024-02-30', '12:61', 'x@y.zz', '+1 555 0100', '5%', '$5', '%s', '${a}', '{{', '}}',
  'user: ', '\nsystem: ', '**Available Tools**\n', '1. Name: f\nDescription: d\nParameters: {', '[BEGIN OF QUERY]\n', '[END OF QUERY]', 'api_list = [', 'Here is a list of functions in JSON format', 'Parameters: {"a": "Required. integer."}', 'API_call_0', '$var1.f$', 'Optional[List[Dict[str, int]]]', 'str, optional', 'Union[', 'Literal["a", ', 'dict', 'HashMap<String, ', 'new ArrayList<>(Arrays.asList(', 'function(x) { return',
];

const numbers: readonly JsonValue[] = [0, -0, 1, -1, 5, 0.1, 1e21, 1e-7, Number.MAX_SAFE_INTEGER, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE, ...['5.0', '1e400', '-1e400', '-0', '-0.0', '1E5', '123456789012345678901234567890', '0.10000000000000000000001'].map((raw) => new JsonNumber(raw))];

export function hostileKey(rng: Rng): string {
  return rng.chance(0.95) ? rng.pick(keys) : hostileText(rng);
}

export function hostileText(rng: Rng): string {
  if (rng.chance(0.01)) return rng.pick(tokens).repeat(rng.between(1, 3000));
  const parts: string[] = [];
  for (let count = rng.int(rng.chance(0.1) ? 60 : 6); count > 0; count--) parts.push(rng.pick(tokens));
  return parts.join(rng.chance(0.2) ? ' ' : '');
}

export function hostileScalar(rng: Rng): JsonValue {
  switch (rng.int(5)) {
    case 0:
      return rng.pick([null, true, false]);
    case 1:
      return rng.pick(numbers);
    case 2:
      return rng.pick(keys);
    default:
      return hostileText(rng);
  }
}

export function hostileValue(rng: Rng, depth = 3): JsonValue {
  if (depth <= 0 || rng.chance(0.5)) return rng.chance(0.02) ? deepValue(rng, rng.between(20, 500)) : hostileScalar(rng);
  if (rng.chance(0.4)) return Array.from({ length: rng.int(5) }, () => hostileValue(rng, depth - 1));
  return hostileObject(rng, depth);
}

export function hostileObject(rng: Rng, depth = 3): JsonObject {
  const members = Array.from({ length: rng.int(5) }, (): [string, JsonValue] => [hostileKey(rng), hostileValue(rng, depth - 1)]);
  // As the platform's parser makes objects: with the ordinary prototype and own keys.
  return rng.chance(0.5) ? objectOf(members) : ordinary(members);
}

function ordinary(members: readonly (readonly [string, JsonValue])[]): JsonObject {
  const object: Record<string, JsonValue> = {};
  for (const [key, value] of members) Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  return object;
}

/** No deeper than the parser lets through. */
export function deepValue(rng: Rng, levels: number): JsonValue {
  let value: JsonValue = hostileScalar(rng);
  const key = hostileKey(rng);
  const kind = rng.int(3);
  for (let level = 0; level < levels; level++) value = kind === 0 || (kind === 2 && level % 2 === 0) ? [value] : objectOf([[key, value]]);
  return value;
}

/** Text of brackets and the like, as deep as is asked for. */
export function deepText(rng: Rng, levels: number): string {
  const [open, close] = rng.pick([['[', ']'], ['{"a":', '}'], ['[{"a":', '}]'], ['{"name":"f","arguments":', '}'], ['f(a=', ')'], ['(', ')'], ["{'a': ", '}'], ['"\\"', '\\""'], ['not ', ''], ['- ', ''], ['<tool_call>', '</tool_call>'], ['List[', ']'], ['x if y else ', ''], ['lambda: ', ''], ['a.', 'b']] as const);
  return open.repeat(levels) + rng.pick(['1', '', '"x"', 'x']) + (rng.chance(0.7) ? close.repeat(levels) : '');
}
