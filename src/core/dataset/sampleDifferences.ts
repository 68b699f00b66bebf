import { compareCalls } from '../toolcall/compare.ts';
import type { Difference } from '../toolcall/difference.ts';
import { show } from '../toolcall/differences.ts';
import { canonicalJson, stringifyJson } from '../json/stringify.ts';
import type { JsonValue } from '../json/value.ts';
import type { Label, Message, Sample, ToolDefinition } from './sample.ts';

/** One way in which a sample changed. Kinds are those of the comparer for labels; `alternatives` are further right answers. */
export type SampleChange = { readonly kind: Difference['kind'] | 'alternatives' | 'tools' | 'messages'; readonly message: string };

/** How a label changed, as the comparer explains it: never empty for labels of different hashes. */
export function labelChanges(before: Label, after: Label): readonly SampleChange[] {
  if (before.kind === 'calls' && after.kind === 'calls') {
    const { differences } = compareCalls(before.calls, after.calls);
    if (differences.length > 0) return differences.map((difference) => ({ kind: difference.kind, message: changeText(difference) }));
    return [{ kind: 'alternatives', message: 'further answers that count as right, or how the calls are written' }];
  }
  if (before.kind === 'text' && after.kind === 'text') {
    return [before.text === after.text ? { kind: 'kind', message: 'what the text does' } : { kind: 'text', message: `${show(before.text)} → ${show(after.text)}` }];
  }
  if (before.kind !== after.kind) return [{ kind: 'kind', message: `${labelText(before)} → ${labelText(after)}` }];
  return [{ kind: 'value', message: before.kind === 'trace' ? 'the trace' : 'what cannot be read' }];
}

/** The comparer speaks of what is expected and what is got; here they are what was and what is. */
function changeText({ kind, path, expected, got, message }: Difference): string {
  const [, ...inner] = path;
  const at = inner.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');
  switch (kind) {
    case 'missing-call':
      return `${show(expected ?? null)} → no call`;
    case 'extra-call':
      return `no call → ${show(got ?? null)}`;
    case 'name':
      return `${show(expected ?? null)} → ${show(got ?? null)}`;
    case 'missing-argument':
      return `${at}: ${show(expected ?? null)} → absent`;
    case 'extra-argument':
      return `${at}: absent → ${show(got ?? null)}`;
    case 'value':
    case 'type':
    case 'order':
      return at === '' ? message : `${at}: ${show(expected ?? null)} → ${show(got ?? null)}`;
    case 'kind':
    case 'text':
      return message;
  }
}

function labelText(label: Label): string {
  if (label.kind === 'calls') return `${label.calls.length === 1 ? 'call of' : 'calls of'} ${label.calls.map(({ name }) => name).join(', ')}`;
  if (label.kind === 'text') return show(label.text);
  return { noCall: 'no call', anyCall: 'any call', trace: 'a trace', invalid: 'a label that cannot be read' }[label.kind];
}

/** How a context changed: its tools and its messages. */
export function contextChanges(before: Sample, after: Sample): readonly SampleChange[] {
  return [...toolChanges(before.tools, after.tools), ...messageChanges(before.messages, after.messages)];
}

function toolChanges(before: readonly ToolDefinition[], after: readonly ToolDefinition[]): readonly SampleChange[] {
  const texts = (tools: readonly ToolDefinition[]) => new Map(tools.map(({ name, description, parameters }) => [name, canonicalJson([description ?? null, parameters ?? null])]));
  const [old, fresh] = [texts(before), texts(after)];
  const removed = [...old.keys()].filter((name) => !fresh.has(name));
  const added = [...fresh.keys()].filter((name) => !old.has(name));
  const changed = [...fresh].flatMap(([name, text]) => (old.has(name) && old.get(name) !== text ? [name] : []));
  const parts = [...listed('without', removed), ...listed('with', added), ...listed('changed', changed)];
  if (parts.length > 0) return [{ kind: 'tools', message: `tools ${parts.join('; ')}` }];
  return canonicalJson(before.map(({ name }) => name)) === canonicalJson(after.map(({ name }) => name)) ? [] : [{ kind: 'tools', message: 'tools in another order' }];
}

function listed(word: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  return [`${word} ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`];
}

function messageChanges(before: readonly Message[], after: readonly Message[]): readonly SampleChange[] {
  const different: number[] = [];
  for (let i = 0; i < Math.max(before.length, after.length); i += 1) {
    if (canonicalJson(asJson(before[i])) !== canonicalJson(asJson(after[i]))) different.push(i);
  }
  const [first] = different;
  if (first === undefined) return [];
  const [old, fresh] = [before[first], after[first]];
  const what = old === undefined ? `new ${fresh?.role ?? ''} message` : fresh === undefined ? `${old.role} message gone` : `${fresh.role} message ${messageText(old)} → ${messageText(fresh)}`;
  return [{ kind: 'messages', message: `${different.length === 1 ? '' : `${different.length} messages, first: `}${what}` }];
}

/** What is said, or else what is called. */
function messageText(message: Message): string {
  return message.role === 'assistant' && message.content === '' ? show(message.calls.map((call) => `${call.name}(${stringifyJson(call.arguments)})`).join(', ')) : show(message.content);
}

/** Messages are JSON throughout; only their optional members hide it from the compiler. */
function asJson(message: Message | undefined): JsonValue {
  return (message ?? null) as unknown as JsonValue;
}
