import type { ToolDefinition } from '../../dataset/sample.ts';
import { RequestText, stem, wordsOf } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';

/** Words that names of tools share without meaning anything. */
const empty = new Set(['get', 'set', 'find', 'fetch', 'calculate', 'compute', 'search', 'list', 'create', 'retrieve', 'check', 'the', 'of', 'by', 'for', 'from', 'to', 'in', 'and', 'with', 'api', 'info', 'information', 'details', 'data', 'tool', 'function', 'service', 'a', 'v1', 'v2']);

export const rule: SampleRule = {
  id: 'uncalled-tool',
  scope: 'sample',
  needs: ['calls'],
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'The label makes several calls and leaves out a tool whose name has no word that the request does not say, or, of a request in steps, one that is described by a verb of the request.',
    why: 'Of a request in several parts one was forgotten.',
    good: 'calls of generate_tone and play_tone, for “generate a tone, then play the tone”',
    bad: 'a call of generate_tone alone',
    shownAt: 'the label',
  },
  check(context) {
    const { sample } = context;
    const { label, tools } = sample;
    if (label.kind !== 'calls' || label.calls.length < 2 || tools.length < 2) return [];
    const last = sample.messages.at(-1);
    if (last?.role !== 'user') return [];
    const request = sample.messages.length === 1 ? context.request : new RequestText([last]);
    const called = new Set(label.calls.map(({ name }) => name));
    const uncalled = tools.filter(({ name }) => !called.has(name));
    if (uncalled.length === 0) return [];
    const calledWords = new Set([...called].flatMap(nameWords));
    return uncalled.flatMap((tool) => asked(tool, calledWords, label.calls.length, request));
  },
};

function asked(tool: ToolDefinition, calledWords: ReadonlySet<string>, calls: number, request: RequestText): Hit[] {
  const { words, first: verb } = wordsOfTool(tool);
  const own = words.filter((word) => !calledWords.has(word));
  // What a tool does has to be asked for, not only what it is about: many are named after the same thing.
  if (own.length === 0) return [];
  if (words.length < 2 || empty.has(verb) || !words.every((word) => request.saysWord(word))) return isStep(tool, calls, request) ? [{ at: { part: 'label' }, message: `the request goes on in several steps, one of them as ${tool.name} is described, and the label does not call it` }] : [];
  return [{ at: { part: 'label' }, message: `the request speaks of everything that ${tool.name} is named for, and the label does not call it` }];
}

/** Words of the name, the first of them as it is written, and the word that the description starts with. */
type ToolWords = { readonly words: readonly string[]; readonly first: string; readonly verb: string | undefined };

const known = new WeakMap<ToolDefinition, ToolWords>();

function wordsOfTool(tool: ToolDefinition): ToolWords {
  let words = known.get(tool);
  if (words === undefined) known.set(tool, (words = { words: nameWords(tool.name), first: wordsOf(tool.name)[0] ?? '', verb: wordsOf((tool.description ?? '').slice(0, 40))[0] }));
  return words;
}

function nameWords(name: string): readonly string[] {
  return wordsOf(name).filter((word) => !empty.has(word)).map(stem);
}

const stepMarks = /\b(?:first|second|third|then|after that|afterwards|finally|lastly|next)\b/g;

/** The request has at least as many steps as there are calls, and says the verb that the tool is described with: “Estimates the time …”. */
function isStep(tool: ToolDefinition, calls: number, request: RequestText): boolean {
  const { words, verb } = wordsOfTool(tool);
  if (verb === undefined || verb.length < 4 || empty.has(verb) || empty.has(stem(verb)) || !request.saysWord(verb)) return false;
  return words.some((word) => request.saysWord(word)) && (request.folded.match(stepMarks)?.length ?? 0) >= Math.max(2, calls);
}
