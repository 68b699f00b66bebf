import type { Label, Message, ToolCall, ToolDefinition } from '../core/dataset/sample.ts';
import type { JsonObject, JsonValue } from '../core/json/value.ts';
import type { Rng } from '../core/random/rng.ts';
import { connectors, offTopic, openers } from './catalogue/phrases.ts';
import { toolByNoun, toolSpecs } from './catalogue/tools.ts';
import type { ToolSpec, Wording } from './catalogue/toolSpec.ts';
import { buildArguments, fillTemplate, filledCall } from './template.ts';
import { toolDefinition } from './toolDefinition.ts';
import type { Side } from './values.ts';

/**
 * What a sample is about: one call; two calls in one message; a request on the result of an earlier call; a request that leaves
 * a required argument out; a request that nothing serves; one that would need a tool which is not shown.
 */
export const sampleKinds = ['single', 'parallel', 'multiTurn', 'missing', 'offTopic', 'hidden'] as const;
export type SampleKind = (typeof sampleKinds)[number];

/** Labels of the world are calls or text. */
export type DemoLabel = Extract<Label, { kind: 'calls' | 'text' }>;

export type DemoSample = {
  readonly kind: SampleKind;
  readonly wording: Wording;
  /** Nouns of the tools that the request is about. */
  readonly subject: readonly string[];
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
  readonly truth: DemoLabel;
  /** For `missing`: the arguments that the request does give. */
  readonly given?: JsonObject;
};

export const declineText = 'no tool fits';
export const askText = (argument: string): string => `which ${argument}`;
export const textLabel = (text: string): DemoLabel => ({ kind: 'text', text });
export const callsLabel = (calls: readonly ToolCall[]): DemoLabel => ({ kind: 'calls', calls });

/** How often each kind occurs in the data sets. */
export const kindShares: Readonly<Record<SampleKind, number>> = { single: 0.42, parallel: 0.18, multiTurn: 0.1, missing: 0.13, offTopic: 0.05, hidden: 0.12 };

export function drawKind(shares: Readonly<Record<SampleKind, number>>, rng: Rng): SampleKind {
  let left = rng.next();
  for (const kind of sampleKinds) {
    left -= shares[kind];
    if (left < 0) return kind;
  }
  return 'single';
}

export type SampleRequest = {
  readonly wording: Wording;
  readonly side: Side;
  readonly kind: SampleKind;
  /** Nouns to ask about; drawn when absent. */
  readonly subject?: readonly string[];
  /** Which of its verbs each tool goes by; all by their usual one when absent. */
  readonly verbs?: ReadonlyMap<string, number>;
  /** Tools to show, as nouns; drawn when absent. They must contain the tools of the subject, or for `hidden` must not. */
  readonly shown?: readonly string[];
};

type Draft = Pick<DemoSample, 'subject' | 'messages' | 'truth' | 'given'> & { readonly needed: readonly string[]; readonly forbidden: readonly string[] };

/** Draws one sample of the world; equal requests and generators give equal samples. */
export function drawSample(request: SampleRequest, rng: Rng): DemoSample {
  const draft = drafts[request.kind](request, rng);
  const shown = request.shown ?? drawShown(draft.needed, draft.forbidden, rng);
  const tools = shown.map((noun) => toolDefinition(toolByNoun(noun), request.verbs?.get(noun)));
  const { subject, messages, truth, given } = draft;
  return { kind: request.kind, wording: request.wording, subject, tools, messages, truth, ...(given === undefined ? {} : { given }) };
}

function drawShown(needed: readonly string[], forbidden: readonly string[], rng: Rng): readonly string[] {
  const wanted = [...new Set(needed)];
  const size = rng.between(Math.max(2, wanted.length), 4);
  const others = rng.shuffle(toolSpecs.map((tool) => tool.noun).filter((noun) => !wanted.includes(noun) && !forbidden.includes(noun)));
  return rng.shuffle([...wanted, ...others.slice(0, size - wanted.length)]);
}

function ask(tool: ToolSpec, request: SampleRequest, rng: Rng): { readonly text: string; readonly call: ToolCall } {
  const filled = fillTemplate(tool, rng.pick(tool.requests[request.wording]), request.side, rng);
  return { text: filled.text, call: filledCall(tool, filled, request.verbs?.get(tool.noun) ?? 0) };
}

function opened(wording: Wording, text: string, rng: Rng): Message {
  const opener = rng.pick(openers[wording]);
  return { role: 'user', content: opener === '' ? text : `${opener} ${text}` };
}

const drafts: Readonly<Record<SampleKind, (request: SampleRequest, rng: Rng) => Draft>> = {
  single(request, rng) {
    const tool = subjectTool(request, toolSpecs, rng);
    const { text, call } = ask(tool, request, rng);
    return { subject: [tool.noun], needed: [tool.noun], forbidden: [], messages: [opened(request.wording, text, rng)], truth: callsLabel([call]) };
  },
  parallel(request, rng) {
    const first = subjectTool(request, toolSpecs, rng);
    const second = request.subject ? toolByNoun(request.subject[1] ?? first.noun) : rng.chance(0.3) ? first : rng.pick(toolSpecs);
    const a = ask(first, request, rng);
    const b = ask(second, request, rng);
    const subject = [first.noun, second.noun];
    const message = opened(request.wording, a.text + rng.pick(connectors[request.wording]) + b.text, rng);
    return { subject, needed: subject, forbidden: [], messages: [message], truth: callsLabel([a.call, b.call]) };
  },
  multiTurn(request, rng) {
    const tool = subjectTool(request, toolSpecs.filter((t) => t.follows), rng);
    if (!tool.follows) throw new Error(`${tool.noun} follows no other tool`);
    const { after, id, requests } = tool.follows;
    const before = ask(toolByNoun(after), request, rng);
    const number = rng.between(1000, 9999);
    const next = fillTemplate(tool, rng.pick(requests[request.wording]), request.side, rng);
    const values = new Map<string, JsonValue>([[id, number], ...next.values]);
    const { name } = filledCall(tool, next, request.verbs?.get(tool.noun) ?? 0);
    const messages: Message[] = [
      opened(request.wording, before.text, rng),
      { role: 'assistant', content: '', calls: [before.call] },
      { role: 'tool', content: JSON.stringify({ [id]: number }) },
      { role: 'user', content: next.text },
    ];
    const truth = callsLabel([{ name, arguments: buildArguments(tool, values) }]);
    return { subject: [tool.noun], needed: [tool.noun, after], forbidden: [], messages, truth };
  },
  missing(request, rng) {
    const tool = subjectTool(request, toolSpecs, rng);
    const [argument, texts] = rng.pick(Object.entries(tool.missing));
    const { text, values } = fillTemplate(tool, rng.pick(texts[request.wording]), request.side, rng);
    const messages = [opened(request.wording, text, rng)];
    return { subject: [tool.noun], needed: [tool.noun], forbidden: [], messages, truth: textLabel(askText(argument)), given: buildArguments(tool, values) };
  },
  offTopic(request, rng) {
    const message = opened(request.wording, rng.pick(offTopic[request.wording]), rng);
    return { subject: [], needed: [], forbidden: [], messages: [message], truth: textLabel(declineText) };
  },
  hidden(request, rng) {
    const tool = subjectTool(request, toolSpecs, rng);
    const { text } = ask(tool, request, rng);
    return { subject: [tool.noun], needed: [], forbidden: [tool.noun], messages: [opened(request.wording, text, rng)], truth: textLabel(declineText) };
  },
};

function subjectTool(request: SampleRequest, candidates: readonly ToolSpec[], rng: Rng): ToolSpec {
  const given = request.subject?.[0];
  return given === undefined ? rng.pick(candidates) : toolByNoun(given);
}
