import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolCall, ToolDefinition } from '../../src/core/dataset/sample.ts';
import { writeCallBlocks } from '../../src/core/dataset/reading/answerText.ts';
import { checkCalls } from '../../src/core/schema/checkCalls.ts';
import { parseJson } from '../../src/core/json/parse.ts';
import { isJsonObject, type JsonValue } from '../../src/core/json/value.ts';
import { checkBfcl } from '../../src/core/toolcall/bfcl/astChecker.ts';
import { compileTools, type CompiledTools } from '../../src/core/toolcall/bfcl/compileTools.ts';
import { callsEqual } from '../../src/core/toolcall/callsEqual.ts';
import { compareCalls } from '../../src/core/toolcall/compare.ts';
import { extractPrediction } from '../../src/core/toolcall/extract.ts';
import { sharedData } from '../builders/sharedData.ts';
import type { BenchRow } from './row.ts';

const count = 5000;

/** Calls of two tools with nested and repeated parts, as datasets have them; fresh objects, so that no key is known yet. */
function callsOf(index: number, changed: boolean): ToolCall[] {
  return [
    { name: 'search_flights', arguments: { from: `City ${index}`, to: 'Oslo', passengers: changed ? 3 : 2, filters: { nonstop: true, airlines: ['A', 'B', `C${index}`] } } },
    { name: 'get_weather', arguments: { city: `City ${index}`, days: index % 7, unit: 'celsius' } },
  ];
}

const tools: readonly ToolDefinition[] = [
  {
    name: 'search_flights',
    parameters: {
      type: 'object',
      properties: { from: { type: 'string' }, to: { type: 'string' }, passengers: { type: 'integer' }, filters: { type: 'object', properties: { nonstop: { type: 'boolean' }, airlines: { type: 'array', items: { type: 'string' } } } } },
      required: ['from', 'to'],
    },
  },
  { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' }, unit: { enum: ['celsius', 'kelvin'] } }, required: ['city'] } },
];

/** Single calls mostly, every fourth a pair of parallel ones; every second prediction wrong in one place. */
function pairText(index: number, wrong: boolean): string {
  const value = wrong ? index + 1 : index;
  switch (index % 4) {
    case 0:
      return JSON.stringify(callsOf(index, wrong));
    case 1:
      return JSON.stringify([{ name: 'book_table', arguments: { restaurant: `Chez ${index}`, guests: 4, time: `${value % 24}:30`, outside: index % 3 === 0 } }]);
    case 2:
      return JSON.stringify([{ name: wrong ? 'convert' : 'convert_currency', arguments: { amount: value / 8, from: 'EUR', to: 'NOK' } }]);
    default:
      return JSON.stringify([{ name: 'send_message', arguments: { to: [`user${index}@example.org`, `user${value}@example.org`], text: `Number ${index} is ready to be collected.` } }]);
  }
}

/** Fresh objects on both sides; the prediction's calls in another order. */
function pairBy(read: (text: string) => ToolCall[]): (index: number) => readonly [readonly ToolCall[], readonly ToolCall[]] {
  return (index) => [read(pairText(index, false)), read(pairText(index, index % 8 < 4)).reverse()];
}

/** Ordinary objects, as a reader makes them where JSON.parse loses nothing. */
const plainPair = pairBy((text) => JSON.parse(text) as ToolCall[]); // Written above.

/** Objects without a prototype, as the positioned reader makes them: the engine keeps them in slow hash tables. */
const losslessPair = pairBy((text) => {
  const parsed = parseJson(text);
  return parsed.ok ? (parsed.value as ToolCall[]) : []; // Written above.
});

/** How many a second, the best pass over inputs made before the clock runs. Short passes, for a neighbour on the core spoils long ones. */
function perSecond<T>(make: (index: number) => T, work: (input: T) => unknown, size = count, passes = 5): number {
  let best = 0;
  for (let pass = 0; pass < passes; pass += 1) {
    const inputs = Array.from({ length: size }, (_, index) => make(index));
    const start = performance.now();
    for (const input of inputs) work(input);
    best = Math.max(best, (size * 1000) / (performance.now() - start));
  }
  return Math.round(best);
}

type BfclRow = { readonly tools: CompiledTools; readonly output: readonly JsonValue[]; readonly possible: readonly JsonValue[]; readonly category: string };

/** The vectors of the checker, parsed and with tools compiled; none where the data is absent. */
function bfclRows(): BfclRow[] {
  const path = sharedData === undefined ? '' : join(sharedData, '../bfcl_ast_vectors.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').flatMap((line) => {
    const parsed = parseJson(line);
    if (!parsed.ok || !isJsonObject(parsed.value)) return [];
    const row = parsed.value;
    const language = row['language'] === 'java' || row['language'] === 'javascript' ? row['language'] : 'python';
    const [output, possible] = [row['model_output'], row['possible_answer']];
    if (!Array.isArray(output) || !Array.isArray(possible)) return [];
    return [{ tools: compileTools(row['function'] ?? null, language, row['underscore_to_dot'] === true), output: output as JsonValue[], possible: possible as JsonValue[], category: typeof row['category'] === 'string' ? row['category'] : '' }];
  });
}

/** Speed of what every probe, reward and lint asks for: compare, extract, check against schemas. */
export async function rows(): Promise<BenchRow[]> {
  const row = (name: string, value: number, goal?: number): BenchRow => ({ name, value, unit: '1/s', better: 'higher', ...(goal === undefined ? {} : { goal }) });
  const label = callsOf(0, false);
  const vectors = bfclRows();
  return [
    row('compare, verdict, half unequal, fresh', perSecond(plainPair, ([a, b]) => callsEqual(a, b), 20_000), 500_000),
    row('compare, verdict, the same without prototypes', perSecond(losslessPair, ([a, b]) => callsEqual(a, b), 20_000), 500_000),
    row('compare, verdict, two calls with nested parts', perSecond((i) => [callsOf(i, false), callsOf(i, i % 2 === 0).reverse()] as const, ([a, b]) => callsEqual(a, b), 20_000)),
    row('compare, explained, half unequal, fresh', perSecond(plainPair, ([a, b]) => compareCalls(a, b))),
    row('compare, explained, equal calls', perSecond((i) => [callsOf(i, false), callsOf(i, false).reverse()] as const, ([a, b]) => compareCalls(a, b))),
    row('compare, explained, one argument different', perSecond((i) => [callsOf(i, false), callsOf(i, true)] as const, ([a, b]) => compareCalls(a, b))),
    row('compare, one label against many answers', perSecond((i) => callsOf(i, true), (got) => compareCalls(label, got))),
    ...(vectors.length === 0 ? [] : [row('bfcl mode, verdicts of the vectors', bfclPerSecond(vectors), 300_000)]),
    row('extract an answer', perSecond((i) => `<think>\nso\n</think>\n${writeCallBlocks(callsOf(i, false))}`, (text) => extractPrediction(text))),
    row('check calls against schemas', perSecond((i) => callsOf(i, false), (calls) => checkCalls(calls, tools))),
  ];
}

function bfclPerSecond(vectors: readonly BfclRow[]): number {
  return perSecond((index) => vectors[index % vectors.length] ?? vectors[0], (row) => (row === undefined ? undefined : checkBfcl(row.tools, row.output, row.possible, row.category)), vectors.length, 60);
}
