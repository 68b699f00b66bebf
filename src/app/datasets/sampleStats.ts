import { stringifyJson } from '../../core/json/stringify.ts';
import { JsonNumber, type JsonValue } from '../../core/json/value.ts';
import type { Label, Message, Sample, ToolCall, ToolDefinition } from '../../core/dataset/sample.ts';
import { LogHistogram, type Buckets } from '../../core/stats/logHistogram.ts';

export const histogramNames = ['user turns', 'messages', 'tools', 'calls', 'arguments', 'prompt tokens', 'response tokens'] as const;
export type HistogramName = (typeof histogramNames)[number];

/** How long prompts and responses may be in the training of the paper (section 4.1), in tokens. */
export const tokenLimits = { prompt: 4096, response: 1024 } as const;

/** What a label is, coarsely. */
export const labelKinds = ['single call', 'parallel calls', 'text', 'no call', 'any call', 'trace', 'unreadable'] as const;
export type LabelKind = (typeof labelKinds)[number];

/** Counts over samples; plain data that adds up. */
export type SampleCounts = {
  readonly samples: number;
  readonly kinds: ReadonlyMap<string, number>;
  /** Samples with an answer of the assistant in their context. */
  readonly multiTurn: number;
  /** By name: in how many samples a tool is offered, and how many calls of labels call it. */
  readonly tools: ReadonlyMap<string, readonly [offered: number, called: number]>;
  /** Calls of tools that their sample does not offer. */
  readonly unknownTools: number;
  readonly argumentTypes: ReadonlyMap<string, number>;
  readonly histograms: ReadonlyMap<HistogramName, Buckets>;
  readonly longPrompts: number;
  readonly longResponses: number;
};

/** Counts samples one by one, or what others have counted. */
export class SampleCounter {
  samples = 0;
  readonly kinds = new Map<string, number>();
  multiTurn = 0;
  readonly tools = new Map<string, [number, number]>();
  unknownTools = 0;
  readonly argumentTypes = new Map<string, number>();
  readonly histograms = new Map<HistogramName, LogHistogram>(histogramNames.map((name) => [name, new LogHistogram()]));
  longPrompts = 0;
  longResponses = 0;

  add({ tools, messages, label }: Sample): void {
    this.samples += 1;
    bump(this.kinds, kindOf(label), 1);
    if (messages.some(({ role }) => role === 'assistant')) this.multiTurn += 1;
    this.measure('user turns', messages.filter(({ role }) => role === 'user').length);
    this.measure('messages', messages.length);
    this.measure('tools', tools.length);
    const offered = new Set(tools.map(({ name }) => name));
    for (const name of offered) this.tool(name)[0] += 1;
    if (label.kind === 'calls') this.addCalls(label.calls, offered);
    const prompt = tokens(tools.reduce((sum, tool) => sum + toolBytes(tool), 0) + messages.reduce((sum, message) => sum + messageBytes(message), 0));
    const response = tokens(labelBytes(label));
    this.measure('prompt tokens', prompt);
    this.measure('response tokens', response);
    if (prompt > tokenLimits.prompt) this.longPrompts += 1;
    if (response > tokenLimits.response) this.longResponses += 1;
  }

  merge(other: SampleCounts): void {
    this.samples += other.samples;
    this.multiTurn += other.multiTurn;
    this.unknownTools += other.unknownTools;
    this.longPrompts += other.longPrompts;
    this.longResponses += other.longResponses;
    for (const [kind, count] of other.kinds) bump(this.kinds, kind, count);
    for (const [type, count] of other.argumentTypes) bump(this.argumentTypes, type, count);
    for (const [name, buckets] of other.histograms) this.histograms.get(name)?.merge(buckets);
    for (const [name, [offered, called]] of other.tools) {
      const tool = this.tool(name);
      tool[0] += offered;
      tool[1] += called;
    }
  }

  get counts(): SampleCounts {
    const { samples, kinds, multiTurn, tools, unknownTools, argumentTypes, longPrompts, longResponses } = this;
    const histograms = new Map([...this.histograms].map(([name, { buckets }]) => [name, buckets] as const));
    return { samples, kinds, multiTurn, tools, unknownTools, argumentTypes, longPrompts, longResponses, histograms };
  }

  private addCalls(calls: readonly ToolCall[], offered: ReadonlySet<string>): void {
    this.measure('calls', calls.length);
    for (const call of calls) {
      const values = Object.values(call.arguments);
      this.measure('arguments', values.length);
      for (const value of values) bump(this.argumentTypes, typeName(value), 1);
      if (offered.has(call.name)) this.tool(call.name)[1] += 1;
      else this.unknownTools += 1;
    }
  }

  private measure(name: HistogramName, value: number): void {
    this.histograms.get(name)?.add(value);
  }

  private tool(name: string): [number, number] {
    let tool = this.tools.get(name);
    if (tool === undefined) this.tools.set(name, (tool = [0, 0]));
    return tool;
  }
}

export function bump(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function kindOf(label: Label): LabelKind {
  switch (label.kind) {
    case 'calls':
      return label.calls.length > 1 ? 'parallel calls' : 'single call';
    case 'text':
      return 'text';
    case 'noCall':
      return 'no call';
    case 'anyCall':
      return 'any call';
    case 'trace':
      return 'trace';
    case 'invalid':
      return 'unreadable';
  }
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (value instanceof JsonNumber) return /^-?\d+$/.test(value.raw) ? 'integer' : 'number';
  return typeof value;
}

/** An estimate: models of this kind have a token for about four bytes of UTF-8. */
function tokens(bytes: number): number {
  return Math.ceil(bytes / 4);
}

/** Samples share their tools and messages. */
const known = new WeakMap<object, number>();

function remembered<T extends object>(part: T, measure: (part: T) => number): number {
  let bytes = known.get(part);
  if (bytes === undefined) known.set(part, (bytes = measure(part)));
  return bytes;
}

function toolBytes(tool: ToolDefinition): number {
  return remembered(tool, ({ name, description = '', parameters }) => Buffer.byteLength(name) + Buffer.byteLength(description) + (parameters === undefined ? 0 : Buffer.byteLength(stringifyJson(parameters))));
}

function messageBytes(message: Message): number {
  return remembered(message, (one) => Buffer.byteLength(one.content) + (one.role === 'assistant' ? callBytes(one.calls) : 0));
}

function callBytes(calls: readonly ToolCall[]): number {
  return calls.reduce((sum, call) => sum + Buffer.byteLength(call.name) + Buffer.byteLength(stringifyJson(call.arguments)), 0);
}

function labelBytes(label: Label): number {
  switch (label.kind) {
    case 'calls':
      return callBytes(label.calls);
    case 'text':
      return Buffer.byteLength(label.text);
    case 'invalid':
      return Buffer.byteLength(label.raw);
    case 'noCall':
    case 'anyCall':
    case 'trace':
      return 0;
  }
}
