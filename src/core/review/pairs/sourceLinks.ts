import type { Message, Sample, ToolCall } from '../../dataset/sample.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../json/value.ts';
import { originOf, type Provenance } from '../../rules/grounding/provenance.ts';
import { argumentAt } from '../../schema/argumentFacts.ts';
import { valueKey } from '../../toolcall/canonicalCall.ts';

/** Where a text, number or constant of a call's arguments comes from; `path` leads from the arguments. */
export type CallSource = {
  readonly call: number;
  readonly path: readonly (string | number)[];
  readonly kind: Provenance['kind'];
  readonly value: JsonValue;
  readonly message?: number;
  /** UTF-16 offsets into the message's text, where it stands there word for word. */
  readonly start?: number;
  readonly end?: number;
};

/** A person follows no more links than these on one side. */
const mostLinks = 64;
const deepest = 8;
/** Nobody says a longer text again. */
const longestValue = 2_000;
/** How much of a conversation is looked through, from its end; of each message its beginning. */
const longestMessage = 40_000;
const longestConversation = 120_000;

/** Finds sources in one conversation; values that both sides have are looked for once. */
export class SourceFinder {
  readonly #messages: readonly Message[];
  readonly #known = new Map<string, Provenance>();

  constructor(private readonly sample: Pick<Sample, 'tools' | 'messages'>) {
    this.#messages = cutMessages(sample.messages);
  }

  sourcesOf(calls: readonly ToolCall[]): readonly CallSource[] {
    const found: CallSource[] = [];
    calls.forEach((call, index) => {
      const tool = this.sample.tools.find(({ name }) => name === call.name);
      for (const { path, value } of leavesOf(call.arguments, mostLinks - found.length)) {
        if (typeof value === 'string' && value.length > longestValue) continue;
        found.push({ call: index, path, ...linkOf(this.#origin(value, tool && argumentAt(tool, path)?.schema)) });
      }
    });
    return found;
  }

  #origin(value: JsonValue, schema: JsonObject | undefined): Provenance {
    const key = `${valueKey(value)} ${schema === undefined ? '' : valueKey(schema)}`;
    const known = this.#known.get(key) ?? originOf(value, schema, this.#messages);
    this.#known.set(key, known);
    return known;
  }
}

function linkOf(origin: Provenance): Omit<CallSource, 'call' | 'path'> {
  const { kind, value } = origin;
  if (kind !== 'said') return { kind, value };
  const { message, quotation } = origin;
  return { kind, value, message, ...(quotation === undefined ? {} : { start: quotation.start, end: quotation.start + quotation.match.length }) };
}

type Leaf = { readonly path: readonly (string | number)[]; readonly value: JsonValue };

function leavesOf(value: JsonValue, most: number): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (at: JsonValue, path: readonly (string | number)[]): void => {
    if (leaves.length >= most || path.length > deepest) return;
    if (Array.isArray(at)) (at as readonly JsonValue[]).slice(0, most).forEach((item, index) => visit(item, [...path, index]));
    else if (isJsonObject(at)) for (const [key, member] of Object.entries(at)) visit(member, [...path, key]);
    else if (typeof at === 'string' || typeof at === 'number' || at instanceof JsonNumber || typeof at === 'boolean') leaves.push({ path, value: at });
  };
  visit(value, []);
  return leaves;
}

/** The same messages at the same places, so that numbers and offsets hold; what is not looked through is empty. */
function cutMessages(messages: readonly Message[]): readonly Message[] {
  let left = longestConversation;
  return messages
    .toReversed()
    .map((message): Message => {
      const content = message.content.slice(0, Math.min(longestMessage, left));
      left -= content.length;
      return content.length === message.content.length ? message : { ...message, content };
    })
    .reverse();
}
