import type { Message, ToolCall, ToolDefinition } from '../core/dataset/sample.ts';
import type { JsonValue } from '../core/json/value.ts';
import { connectors, offTopic, openers } from './catalogue/phrases.ts';
import { toolName, toolSpecs } from './catalogue/tools.ts';
import { wordings, type ByWording, type ParameterSpec, type TemplateList, type ToolSpec } from './catalogue/toolSpec.ts';
import { buildArguments, parseTemplate, type Part } from './template.ts';
import { poolPattern } from './values.ts';
import { askText, callsLabel, declineText, textLabel, type DemoLabel, type SampleKind } from './world.ts';

/*
 * The world's grammar: what a request asks for, read from its words. It knows the templates of every wording and the values of
 * both sides of the split, and nothing about how a sample was made: the simulated models and the experiment judge by it.
 */

type Values = ReadonlyMap<string, JsonValue>;
type Pattern = { readonly expression: RegExp; readonly read: (match: RegExpExecArray) => Values };

/** What a text may mean, all tools considered, shown or not. */
type Reading =
  | { readonly kind: 'call'; readonly tool: ToolSpec; readonly call: ToolCall }
  | { readonly kind: 'missing'; readonly tool: ToolSpec; readonly argument: string }
  | { readonly kind: 'offTopic' };

type CallReading = Extract<Reading, { kind: 'call' }>;

type ToolGrammar = {
  readonly tool: ToolSpec;
  readonly requests: readonly Pattern[];
  readonly missing: readonly { readonly argument: string; readonly patterns: readonly Pattern[] }[];
  readonly follows: readonly Pattern[];
};

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const oneOfTexts = (texts: readonly string[]): string => texts.map(escape).join('|');

function valuePattern(spec: ParameterSpec): string {
  switch (spec.kind) {
    case 'pool':
      return poolPattern(spec.pool);
    case 'oneOf':
      return `(?:${oneOfTexts(spec.values)})`;
    case 'range':
      return spec.step === 1 ? '\\d+' : '\\d+(?:\\.\\d+)?';
    case 'list': {
      const item = poolPattern(spec.pool);
      return `${item}(?:(?:, ${item})* and ${item})?`;
    }
    case 'flag':
    case 'record':
      throw new Error(`a slot cannot be a ${spec.kind}`);
  }
}

function readValue(spec: ParameterSpec, text: string): JsonValue {
  if (spec.kind === 'range') return Number(text);
  return spec.kind === 'list' ? text.split(/, | and /) : text;
}

function partPattern(part: Part): string {
  switch (part.kind) {
    case 'words':
      return escape(part.text);
    case 'fixed':
      return `(${escape(part.words)})`;
    case 'flag':
      return `(${oneOfTexts([part.yes, part.no])})`;
    case 'value':
      return `(${valuePattern(part.spec)})`;
  }
}

function compile(tool: ToolSpec, template: string): Pattern {
  const parts = parseTemplate(tool, template);
  const slots = parts.filter((part) => part.kind !== 'words');
  const read = (match: RegExpExecArray): Values =>
    new Map(
      slots.map((part, i): [string, JsonValue] => {
        const text = match[i + 1] ?? '';
        const value = part.kind === 'fixed' ? part.value : part.kind === 'flag' ? text === part.yes : readValue(part.spec, text);
        return [part.path.join('.'), value];
      }),
    );
  return { expression: new RegExp(`^${parts.map(partPattern).join('')}$`), read };
}

function compileAll(tool: ToolSpec, lists: ByWording<TemplateList>): readonly Pattern[] {
  return wordings.flatMap((wording) => lists[wording].map((template) => compile(tool, template)));
}

function compileTool(tool: ToolSpec): ToolGrammar {
  return {
    tool,
    requests: compileAll(tool, tool.requests),
    missing: Object.entries(tool.missing).map(([argument, lists]) => ({ argument, patterns: compileAll(tool, lists) })),
    follows: tool.follows ? compileAll(tool, tool.follows.requests) : [],
  };
}

let compiled: readonly ToolGrammar[] | undefined;
/** Some thousand expressions: made on first use. */
const grammars = (): readonly ToolGrammar[] => (compiled ??= toolSpecs.map(compileTool));

function matches(patterns: readonly Pattern[], text: string): readonly Values[] {
  return patterns.flatMap(({ expression, read }) => {
    const match = expression.exec(text);
    return match ? [read(match)] : [];
  });
}

function toCall(tool: ToolSpec, values: Values): CallReading {
  return { kind: 'call', tool, call: { name: toolName(tool), arguments: buildArguments(tool, values) } };
}

const offTopicTexts: ReadonlySet<string> = new Set(wordings.flatMap((wording) => offTopic[wording]));

/** Every reading of one request. */
function readRequest(text: string): readonly Reading[] {
  const readings: Reading[] = offTopicTexts.has(text) ? [{ kind: 'offTopic' }] : [];
  for (const { tool, requests, missing } of grammars()) {
    for (const values of matches(requests, text)) readings.push(toCall(tool, values));
    for (const { argument, patterns } of missing) if (matches(patterns, text).length > 0) readings.push({ kind: 'missing', tool, argument });
  }
  return readings;
}

/** A request on the result of the last call: the id comes from the result. */
function readFollowUp(text: string, messages: readonly Message[]): readonly CallReading[] {
  const answered = messages.findLastIndex((message) => message.role === 'assistant');
  const before = messages[answered];
  const result = messages.slice(answered + 1).find((message) => message.role === 'tool');
  if (before?.role !== 'assistant' || !result) return [];
  const called = new Set(before.calls.map((call) => call.name));
  return grammars().flatMap(({ tool, follows }) => {
    const { after, id } = tool.follows ?? {};
    const previous = toolSpecs.find((spec) => spec.noun === after);
    if (!previous || id === undefined || !called.has(toolName(previous))) return [];
    const value = resultValue(result.content, id);
    return value === undefined ? [] : matches(follows, text).map((values) => toCall(tool, new Map([...values, [id, value]])));
  });
}

function resultValue(content: string, key: string): JsonValue | undefined {
  try {
    const value: unknown = JSON.parse(content);
    const found = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, JsonValue>>)[key] : undefined; // parsed JSON
    return typeof found === 'number' || typeof found === 'string' ? found : undefined;
  } catch {
    return undefined;
  }
}

const allOpeners = [...new Set(Object.values(openers).flat())];
const allConnectors = [...new Set(Object.values(connectors).flat())];

/** The text with and without what may be an opener. */
function withoutOpener(text: string): readonly string[] {
  return allOpeners.filter((opener) => opener === '' || text.startsWith(`${opener} `)).map((opener) => (opener === '' ? text : text.slice(opener.length + 1)));
}

function* cuts(text: string): Generator<readonly [string, string]> {
  for (const connector of allConnectors) {
    for (let at = text.indexOf(connector); at >= 0; at = text.indexOf(connector, at + 1)) {
      yield [text.slice(0, at), text.slice(at + connector.length)];
    }
  }
}

const isCall = (reading: Reading): reading is CallReading => reading.kind === 'call';

function pairs(text: string): readonly (readonly [CallReading, CallReading])[] {
  return [...cuts(text)].flatMap(([left, right]) => {
    const first = readRequest(left).filter(isCall);
    if (first.length === 0) return [];
    const second = readRequest(right).filter(isCall);
    return first.flatMap((a) => second.map((b) => [a, b] as const));
  });
}

/** What a conversation asks for, in the terms in which the world draws samples, and the right answer to it. */
export type DerivedRequest = { readonly kind: SampleKind; readonly subject: readonly string[]; readonly answer: DemoLabel };

/**
 * Reads the last message, given the tools that are shown. Undefined for what the world does not know, and where two answers
 * would be right.
 */
export function deriveRequest(tools: readonly ToolDefinition[], messages: readonly Message[]): DerivedRequest | undefined {
  const last = messages.at(-1);
  if (last?.role !== 'user') return undefined;
  const shown = new Set(tools.map((tool) => tool.name));
  const found = new Map<string, DerivedRequest>();
  for (const text of withoutOpener(last.content.trim())) {
    const derived = [
      ...readRequest(text).map((reading) => single(reading, reading.kind === 'missing' ? 'missing' : 'single', shown)),
      ...readFollowUp(text, messages.slice(0, -1)).map((reading) => single(reading, 'multiTurn', shown)),
      ...pairs(text).map(([a, b]) => parallel(a, b, shown)),
    ];
    for (const one of derived) if (one) found.set(JSON.stringify(one.answer), one);
  }
  return found.size === 1 ? [...found.values()][0] : undefined;
}

/** The right answer to the last message, derived from the request alone. */
export function deriveAnswer(tools: readonly ToolDefinition[], messages: readonly Message[]): DemoLabel | undefined {
  return deriveRequest(tools, messages)?.answer;
}

function single(reading: Reading, kind: SampleKind, shown: ReadonlySet<string>): DerivedRequest {
  if (reading.kind === 'offTopic') return { kind: 'offTopic', subject: [], answer: textLabel(declineText) };
  const subject = [reading.tool.noun];
  if (!shown.has(toolName(reading.tool))) return { kind: 'hidden', subject, answer: textLabel(declineText) };
  return { kind, subject, answer: reading.kind === 'call' ? callsLabel([reading.call]) : textLabel(askText(reading.argument)) };
}

/** Two requests of which one can be served have no right answer in this world. */
function parallel(a: CallReading, b: CallReading, shown: ReadonlySet<string>): DerivedRequest | undefined {
  const subject = [a.tool.noun, b.tool.noun];
  const served = [a, b].filter((reading) => shown.has(reading.call.name)).length;
  if (served === 1) return undefined;
  return served === 2 ? { kind: 'parallel', subject, answer: callsLabel([a.call, b.call]) } : { kind: 'hidden', subject, answer: textLabel(declineText) };
}
