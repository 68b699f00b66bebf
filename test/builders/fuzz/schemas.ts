import { objectOf } from '../../../src/core/json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/json/value.ts';
import type { Rng } from '../../../src/core/random/rng.ts';
import { deepValue, hostileKey, hostileObject, hostileScalar, hostileText, hostileValue } from './hostile.ts';
import { mutated } from './mutate.ts';

const typeNames: readonly JsonValue[] = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'null', 'dict', 'float', 'tuple', 'any', 'HashMap', 'ArrayList', 'Bigint', 'str, optional', 'Optional[List[Dict[str, int]]]', 'Union[int, str]', "Literal['a', 'b']", 'List[', 'list of str', 'enum', 'STRING', 'int (default 5)', '', 'Callable[[int], str]', 'Tuple[int, ...]', 'Dict[str, Dict[str, Dict[str, Any]]]', ['string', 'null'], [], [['string']], 5, null];
const references = ['#', '#/', '#/$defs/a', '#/definitions/a', '#/properties/a', '#/$defs/%61', '#/$defs/~1', '#/__proto__', '#/constructor', '#/allOf/0', 'http://x/y#', 'a', '', '#/properties/a/properties/a', '#a'];
const patterns = ['(a+)+$', '^(a|a)*$', '(.*)*x', '([a-z]+)*\\1', '(?=(a+))a*b', '[', '(?<n>a)\\k<n>', '^\\d{1,1000}$', '(x{1,99}){1,99}', '\\p{L}+', '.', '^$', '(?:a?){50}a{50}', '^[\\w.]+@[\\w.]+$', '\u0000', '((((((((((a*)*)*)*)*)*)*)*)*)*', '^(([a-z])+.)+[A-Z]([a-z])+$', 'a{2,1}', '(?i)x', '\\Z'];
const formats = ['date', 'date-time', 'time', 'email', 'uri', 'ipv4', 'ipv6', 'uuid', 'hostname', 'duration', '__proto__', 'constructor', 'x', ''];
const bounds: readonly JsonValue[] = [0, 1, -1, 5, 1e308, 0.1, '5', null, true, [1]];

/** Schemas as datasets have them, as nobody should have them, and ones that refer to themselves. */
export function hostileSchema(rng: Rng, depth = 3): JsonObject {
  if (rng.chance(0.05)) return rng.chance(0.5) ? hostileObject(rng, 4) : objectOf([['properties', deepValue(rng, rng.between(10, 400))]]);
  const members: [string, JsonValue][] = [['type', rng.chance(0.7) ? rng.pick(['object', 'dict']) : rng.pick(typeNames)]];
  if (rng.chance(0.8)) members.push(['properties', objectOf(Array.from({ length: rng.int(5) }, () => [propertyName(rng), hostileProperty(rng, depth - 1)]))]);
  if (rng.chance(0.5)) members.push(['required', rng.chance(0.8) ? Array.from({ length: rng.int(4) }, () => propertyName(rng)) : hostileValue(rng, 2)]);
  if (rng.chance(0.2)) members.push([rng.pick(['$defs', 'definitions']), objectOf([['a', depth > 0 ? hostileProperty(rng, depth - 1) : { $ref: '#' }], ['~', { $ref: '#/$defs/a' }]])]);
  if (rng.chance(0.2)) members.push(['additionalProperties', rng.pick<JsonValue>([true, false, { $ref: '#' }, { type: 'string' }, 5])]);
  if (rng.chance(0.15)) members.push([rng.pick(['allOf', 'anyOf', 'oneOf']), Array.from({ length: rng.int(4) }, () => (rng.chance(0.4) ? { $ref: rng.pick(references) } : hostileProperty(rng, depth - 1)))]);
  if (rng.chance(0.1)) members.push([rng.pick(['patternProperties', 'dependentRequired', 'if', 'not', 'propertyNames', 'dependencies', 'unevaluatedProperties', 'minProperties']), rng.chance(0.5) ? objectOf([[rng.pick(patterns), hostileProperty(rng, depth - 1)]]) : hostileValue(rng, 2)]);
  const schema = objectOf(members);
  if (!rng.chance(0.2)) return schema;
  const changed = mutated(rng, schema, rng.between(1, 3));
  return isJsonObject(changed) ? changed : schema;
}

function propertyName(rng: Rng): string {
  return rng.chance(0.5) ? rng.pick(['a', 'b', 'city', 'name']) : hostileKey(rng);
}

function hostileProperty(rng: Rng, depth: number): JsonValue {
  if (rng.chance(0.05)) return hostileValue(rng, 2);
  if (rng.chance(0.1)) return objectOf([['$ref', rng.pick(references)]]);
  if (depth > 0 && rng.chance(0.2)) return hostileSchema(rng, depth - 1);
  const members: [string, JsonValue][] = [['type', rng.pick(typeNames)]];
  if (rng.chance(0.3)) members.push(['description', rng.chance(0.8) ? hostileText(rng) : hostileValue(rng)]);
  if (rng.chance(0.2)) members.push(['default', hostileValue(rng, 2)]);
  if (rng.chance(0.15)) members.push(['enum', rng.chance(0.05) ? Array.from({ length: 5000 }, (_, index) => (index % 2 === 0 ? `member ${index}` : index)) : rng.chance(0.9) ? Array.from({ length: rng.int(6) }, () => hostileScalar(rng)) : hostileValue(rng)]);
  if (rng.chance(0.15)) members.push(['pattern', rng.chance(0.9) ? rng.pick(patterns) : hostileValue(rng)]);
  if (rng.chance(0.1)) members.push(['format', rng.pick(formats)]);
  if (rng.chance(0.2)) members.push([rng.pick(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems', 'required', 'const', 'nullable', 'optional']), rng.pick(bounds)]);
  if (rng.chance(0.2)) members.push([rng.pick(['items', 'prefixItems', 'contains', 'additionalProperties', 'not']), depth > 0 ? hostileProperty(rng, depth - 1) : { $ref: '#' }]);
  return objectOf(members);
}

/** Arguments that are likely to meet the schema's properties, with texts that make patterns work. */
export function argumentsFor(rng: Rng, schema: JsonObject): JsonObject {
  const properties = Object.hasOwn(schema, 'properties') ? schema['properties'] : undefined;
  const names = properties !== undefined && isJsonObject(properties) ? Object.keys(properties) : [];
  return objectOf([...names, ...(rng.chance(0.3) ? [hostileKey(rng)] : [])].filter(() => rng.chance(0.8)).map((name): [string, JsonValue] => [name, rng.chance(0.1) ? longText(rng) : hostileValue(rng)]));
}

const repeated = ['a', 'A', '1', '1.', '1,', ' ', '-', 'aA', 'a ', '.', 'a.', '(', '1 ', '/', '\n', '@', 'a@', '\'', '"', 'ab, ', 'and ', 'one ', '0', 'a1', '-1', ':', '[', '<', '%', 'é', '\u00c3\u00a9', 'http://', 'x/', '2024-01-'];

/** A piece over and over, with something behind it that keeps patterns from matching. */
export function longText(rng: Rng): string {
  return rng.pick(['', 'x', ' ', '"']) + rng.pick(repeated).repeat(rng.between(1, rng.chance(0.1) ? 30_000 : 2000)) + rng.pick(['', '!', 'x', ' ', '\n', '1', 'A']);
}
