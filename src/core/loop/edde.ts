import type { ProjectConfig } from '../config/projectConfig.ts';
import { makeSample } from '../dataset/identity.ts';
import type { Label, Sample } from '../dataset/sample.ts';
import { sha256Hex } from '../hash.ts';
import { stringifyJson } from '../json/stringify.ts';
import type { CompletionOutcome, Sampling } from '../llm/completionPort.ts';
import { answerOfLabel, type Answer } from '../llm/prompts/answer.ts';
import { buildGenerateRequest, parseGenerateReply, version, type GeneratedSample } from '../llm/prompts/generate.ts';
import { Rng } from '../random/rng.ts';
import type { GenerationEntry } from '../rounds/journalEntries.ts';
import { checkCalls } from '../schema/checkCalls.ts';
import { classifyText, type CompiledTextKinds } from '../toolcall/textKinds.ts';
import type { ErrorSeed } from './buckets.ts';
import { groundingFault } from './groundingGate.ts';
import { answeredBase, failureText } from './journalEntry.ts';
import { requestKey, type ModelIdentity, type ModelRequest } from './requestKey.ts';
import { sampleKind } from './sampleKind.ts';
import { evenSubset } from './selection.ts';
import { variationFor, variationsFor, type VariationKind } from './variations.ts';

/** EDDE, error-driven data expansion (paper section 4.4; looptool-spec.md 5): what the generator is asked, and the gates parse, shape, schema and grounding. Those after them are in expansions.ts. */

export type ExpandContext = {
  readonly round: number;
  readonly seed: number;
  readonly generator: ModelIdentity;
  readonly sampling: Partial<Sampling>;
  readonly textKinds: CompiledTextKinds;
  /** Siblings per seed, attempts per sibling, and at most so many seeds (evenly over kinds). */
  readonly k: number;
  readonly attempts: number;
  readonly maxSeeds?: number | undefined;
  /** How many siblings of which kind, see `variationsFor`. */
  readonly kinds?: ProjectConfig['expand']['kinds'];
  /** Whether values that the conversation gives no ground for refuse a sample. */
  readonly grounding: boolean;
};

export type GenerationAsk = {
  readonly seed: ErrorSeed;
  readonly k: number;
  /** From 1. */
  readonly attempt: number;
  /** See `questionKeys`. */
  readonly question?: string;
  readonly variation: VariationKind;
  readonly requestKey: string;
  readonly request: ModelRequest;
};
export type GenerationPlan = { readonly asks: readonly GenerationAsk[]; readonly done: number };

/** The seeds that are expanded, by id: those with an answer to show, at most `maxSeeds` of them. */
export function seedsToExpand(seeds: readonly ErrorSeed[], context: Pick<ExpandContext, 'round' | 'seed' | 'textKinds' | 'maxSeeds'>): readonly ErrorSeed[] {
  const usable = seeds.filter(({ row }) => answerOfLabel(row.label) !== undefined).map((seed) => ({ id: seed.row.id, seed }));
  const rng = new Rng(context.seed, 'expand', context.round, 'seeds');
  return evenSubset(usable, context.maxSeeds ?? usable.length, ({ seed }) => sampleKind(seed.row, context.textKinds), rng).map(({ seed }) => seed);
}

/** What remains to be asked, `seeds` being those of `seedsToExpand`. Within a run, `nextAttempt` follows an answer that a gate refused. */
export function planExpansions(seeds: readonly ErrorSeed[], entries: Iterable<GenerationEntry>, context: ExpandContext): GenerationPlan {
  const finished = new Map<string, GenerationEntry>();
  const named = new Map<string, GenerationEntry>();
  for (const entry of entries) {
    if (entry.status === 'api') continue;
    finished.set(finishedKey(entry), entry);
    if (entry.question !== undefined) named.set(entry.question, entry);
  }
  const questionsOf = questionKeys(context);
  const asks: GenerationAsk[] = [];
  for (const seed of seeds) {
    const { id: sampleId, labelHash } = seed.row;
    const kinds = variationsFor(seed.row, context.k, [context.seed, 'expand', context.round], context.kinds);
    const questionOf = questionsOf(seed);
    kinds.forEach((kind, k) => {
      for (let attempt = 1; ; attempt += 1) {
        const question = questionOf(kind, k, attempt);
        // By its name a question is known without being written.
        let entry = named.get(question);
        const ask = entry === undefined ? namedAsk(seed, k, attempt, context) : undefined;
        entry ??= ask && finished.get(finishedKey({ sampleId, labelHash, k, requestKey: ask.requestKey }));
        if (entry === undefined) return ask && void asks.push(ask);
        if (!wantsAnother(entry, attempt, context)) return;
      }
    });
  }
  return { asks, done: seeds.length * context.k - asks.length };
}

type QuestionKeys = (seed: ErrorSeed) => (kind: VariationKind, k: number, attempt: number) => string;
const keysOf = new WeakMap<ExpandContext, QuestionKeys>();

/**
 * Short names of the questions about a seed, without writing them: equal where the generator would be asked the same. What is
 * the same for all seeds (generator, prompt, sampling, round) is named by the questions about one that stands for them all.
 */
function questionKeys(context: ExpandContext): QuestionKeys {
  const known = keysOf.get(context);
  if (known !== undefined) return known;
  const standIn: ErrorSeed = { row: standInRow(), wrong: { text: 'no "idea" <|im_end|>' }, analysis: 'It is said in the request.' };
  const asked = sha256Hex(Array.from({ length: context.k }, (_, k) => generationAsk(standIn, k, 1, context)?.requestKey).join(' '));
  const keys: QuestionKeys = ({ row, wrong, analysis }) => {
    const about = sha256Hex(JSON.stringify([asked, row.id, row.labelHash, stringifyJson(wrong), analysis]));
    return ({ name, kind }, k, attempt) => sha256Hex(`${about} ${k} ${attempt} ${name} ${kind}`).slice(0, 16);
  };
  keysOf.set(context, keys);
  return keys;
}

function namedAsk(seed: ErrorSeed, k: number, attempt: number, context: ExpandContext): GenerationAsk | undefined {
  const ask = generationAsk(seed, k, attempt, context);
  return ask && { ...ask, question: questionKeys(context)(seed)(ask.variation, k, attempt) };
}

function standInRow(): ErrorSeed['row'] {
  const tools = [{ name: 'find', description: 'Finds <a> thing', parameters: { type: 'object', properties: { text: { type: 'string' } } } }];
  const sample = makeSample({ tools, messages: [{ role: 'user', content: 'find it <|im_start|>' }], label: { kind: 'calls', calls: [{ name: 'find', arguments: { text: '"it"' } }] } });
  return { ...sample, v: 1, origin: 'seed', parents: [], since: 1 };
}

function finishedKey(entry: Pick<GenerationEntry, 'sampleId' | 'labelHash' | 'k' | 'requestKey'>): string {
  return `${entry.sampleId} ${entry.labelHash} ${entry.k} ${entry.requestKey}`;
}

function wantsAnother({ status }: Pick<GenerationEntry, 'status'>, attempt: number, context: ExpandContext): boolean {
  return status !== 'candidate' && status !== 'api' && attempt < context.attempts;
}

/** Another try for an answer that could not be used; a failed request is left to the next run. */
export function nextAttempt(ask: GenerationAsk, entry: Pick<GenerationEntry, 'status'>, context: ExpandContext): GenerationAsk | undefined {
  return wantsAnother(entry, ask.attempt, context) ? namedAsk(ask.seed, ask.k, ask.attempt + 1, context) : undefined;
}

function generationAsk(seed: ErrorSeed, k: number, attempt: number, context: ExpandContext): GenerationAsk | undefined {
  const { row, wrong, analysis } = seed;
  const correct = answerOfLabel(row.label);
  const labels = [context.seed, 'expand', context.round];
  const kind = variationsFor(row, context.k, labels, context.kinds)[k];
  if (correct === undefined || kind === undefined) return undefined;
  const variation = variationFor(kind, [...labels, row.id, k, attempt]);
  const request = buildGenerateRequest({ tools: row.tools, messages: row.messages, correct, wrong, analysis, variation, sampling: context.sampling });
  return { seed, k, attempt, variation: kind, request, requestKey: requestKey({ ...context.generator, request }) };
}

/** Gates parse, shape, schema and grounding; what passes is a candidate. The entry's attempt is the generation's, not the transport's. */
export function generationOutcome(ask: GenerationAsk, outcome: CompletionOutcome, context: ExpandContext, startedAt: string): GenerationEntry {
  const { row } = ask.seed;
  const base = {
    ...answeredBase(outcome, startedAt),
    type: 'generation' as const,
    sampleId: row.id,
    labelHash: row.labelHash,
    requestKey: ask.requestKey,
    ...(ask.question === undefined ? {} : { question: ask.question }),
    attempt: ask.attempt,
    k: ask.k,
    variation: ask.variation.name,
    kind: ask.variation.kind,
    generator: context.generator.model,
    simulated: context.generator.simulated,
    promptVersion: version,
  };
  if (!outcome.ok) return { ...base, status: 'api', reason: failureText(outcome.failure) };
  const parsed = parseGenerateReply(outcome.reply.content);
  if (!parsed.ok) return { ...base, status: 'parse', reason: parsed.reason };
  const sample = expansionSample(row, parsed.sample, context.textKinds);
  const fault = sampleFault(row, parsed.sample, sample, context.grounding);
  return fault === undefined ? { ...base, status: 'candidate', reason: '', sample } : { ...base, ...fault, sample };
}

/**
 * The family is the seed's, so that an expansion never stands on the other side of a split from its seed. What the system says
 * to the seed's conversation, its date above all, is said to the expansion's too where the generator left it out.
 */
function expansionSample(seed: Sample, { messages, answer, tools: names }: GeneratedSample, textKinds: CompiledTextKinds): Sample {
  const tools = names === undefined ? seed.tools : seed.tools.filter(({ name }) => names.includes(name));
  const instructions = messages.some(({ role }) => role === 'system') ? [] : seed.messages.filter(({ role }) => role === 'system');
  return makeSample({ tools, messages: [...instructions, ...messages], label: labelOf(answer, textKinds), family: seed.family });
}

export function labelOf(answer: Answer, textKinds: CompiledTextKinds): Label {
  if ('calls' in answer) return { kind: 'calls', calls: answer.calls };
  const textKind = classifyText(answer.text, textKinds);
  return { kind: 'text', text: answer.text, ...(textKind === undefined ? {} : { textKind }) };
}

type Fault = { readonly status: 'shape' | 'schema' | 'grounding'; readonly reason: string };

/** Why a generated sample cannot be trained on; undefined when it may be. */
function sampleFault(seed: Sample, generated: GeneratedSample, sample: Sample, grounding: boolean): Fault | undefined {
  const shape = shapeFault(sample);
  if (shape !== undefined) return { status: 'shape', reason: shape };
  const schema = schemaFault(seed, generated, sample);
  if (schema !== undefined) return { status: 'schema', reason: schema };
  const ungrounded = grounding ? groundingFault(sample) : undefined;
  return ungrounded === undefined ? undefined : { status: 'grounding', reason: ungrounded };
}

function shapeFault(sample: Sample): string | undefined {
  const [first] = sample.messages.filter(({ role }) => role !== 'system');
  const last = sample.messages.at(-1);
  if (last?.role !== 'user' && last?.role !== 'tool') return 'the conversation does not end with the user or a tool';
  const userTexts = sample.messages.filter(({ role }) => role === 'user').map(({ content }) => content.trim());
  if (userTexts.length === 0 || userTexts.some((text) => text === '')) return 'a message of the user is missing or empty';
  if (first?.role !== 'user') return 'the conversation does not begin with the user';
  return historyFault(sample);
}

function schemaFault(seed: Sample, generated: GeneratedSample, sample: Sample): string | undefined {
  const known = new Set(seed.tools.map(({ name }) => name));
  const unknown = generated.tools?.filter((name) => !known.has(name)) ?? [];
  if (unknown.length > 0) return `tools that were not given: ${unknown.join(', ')}`;
  if (sample.tools.length === 0 && seed.tools.length > 0) return 'no tool is shown';
  const violations = checkCalls(sample.label.kind === 'calls' ? sample.label.calls : [], sample.tools);
  if (violations.length > 0) return violations.map(({ message }) => message).join('; ');
  const shown = new Set(sample.tools.map(({ name }) => name));
  const history = sample.messages.flatMap((message) => (message.role === 'assistant' ? message.calls : []));
  const strange = history.find(({ name }) => !shown.has(name));
  return strange === undefined ? undefined : `the conversation calls "${strange.name}", which is not shown`;
}

/** A tool answers only after a call, and a call is answered before anybody else speaks. */
function historyFault({ messages }: Sample): string | undefined {
  let open = 0;
  for (const message of messages) {
    if (message.role === 'tool') {
      if (open === 0) return 'a tool answers without having been called';
      open--;
      continue;
    }
    if (open > 0) return 'a call in the conversation has no answer';
    open = message.role === 'assistant' ? message.calls.length : 0;
  }
  return open > 0 ? 'a call in the conversation has no answer' : undefined;
}
