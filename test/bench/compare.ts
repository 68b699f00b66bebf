import type { ToolCall, ToolDefinition } from '../../src/core/dataset/sample.ts';
import { writeCallBlocks } from '../../src/core/dataset/reading/answerText.ts';
import { checkCalls } from '../../src/core/schema/checkCalls.ts';
import { compareCalls } from '../../src/core/toolcall/compare.ts';
import { extractPrediction } from '../../src/core/toolcall/extract.ts';
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

/** How many a second, the best of three passes over fresh inputs. */
function perSecond<T>(make: (index: number) => T, work: (input: T) => unknown): number {
  let best = 0;
  for (let pass = 0; pass < 3; pass += 1) {
    const inputs = Array.from({ length: count }, (_, index) => make(index));
    const start = performance.now();
    for (const input of inputs) work(input);
    best = Math.max(best, (count * 1000) / (performance.now() - start));
  }
  return Math.round(best);
}

/** Speed of what every probe, reward and lint asks for: compare, extract, check against schemas. Two calls each. */
export async function rows(): Promise<BenchRow[]> {
  const row = (name: string, value: number): BenchRow => ({ name, value, unit: '1/s', better: 'higher' });
  const label = callsOf(0, false);
  return [
    row('compare, equal calls', perSecond((i) => [callsOf(i, false), callsOf(i, false).reverse()] as const, ([a, b]) => compareCalls(a, b))),
    row('compare, one argument different', perSecond((i) => [callsOf(i, false), callsOf(i, true)] as const, ([a, b]) => compareCalls(a, b))),
    row('compare, one label against many answers', perSecond((i) => callsOf(i, true), (got) => compareCalls(label, got))),
    row('extract an answer', perSecond((i) => `<think>\nso\n</think>\n${writeCallBlocks(callsOf(i, false))}`, (text) => extractPrediction(text))),
    row('check calls against schemas', perSecond((i) => callsOf(i, false), (calls) => checkCalls(calls, tools))),
  ];
}
