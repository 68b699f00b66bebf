import { sha256Hex } from '../hash.ts';
import { canonicalJson } from '../json/stringify.ts';
import type { JsonObject } from '../json/value.ts';
import type { Label, Message, Sample, TextKind, ToolCall, ToolDefinition } from './sample.ts';

/**
 * What a sample is: its tools (name, description, parameters) and its messages. The label is left out, so that a sample
 * keeps its id when its label is corrected; so are call ids, key order and white space. Fixed for ever by test/golden/identity.json.
 */
export function sampleId(tools: readonly ToolDefinition[], messages: readonly Message[]): string {
  return `smp_${contextDigest(tools, messages)}`;
}

export function labelHash(label: Label): string {
  return `lbl_${digest(canonicalJson(labelIdentity(label)))}`;
}

/** The dialogue that a sample belongs to: its tools and its messages up to and including the first one of the user. */
export function familyId(tools: readonly ToolDefinition[], messages: readonly Message[]): string {
  const firstUser = messages.findIndex((message) => message.role === 'user');
  return `fam_${contextDigest(tools, firstUser < 0 ? messages : messages.slice(0, firstUser + 1))}`;
}

export function makeSample(parts: {
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
  readonly label: Label;
  /** Its name, or how to find it out; the first user message tells when absent. */
  readonly family?: string | (() => string) | undefined;
}): Sample {
  const { tools, messages, label, family } = parts;
  // Hashing costs far more than reading, and most samples that are read are never asked who they are.
  let id: string | undefined;
  let hash: string | undefined;
  let kin: string | undefined;
  // Own, enumerable members, so that a spread copies them like any others.
  return {
    get id() {
      return (id ??= sampleId(tools, messages));
    },
    get labelHash() {
      return (hash ??= labelHash(label));
    },
    get family() {
      return (kin ??= typeof family === 'string' ? family : family === undefined ? familyId(tools, messages) : family());
    },
    tools,
    messages,
    label,
  };
}

/** The digest of the canonical form of `{tools, messages}`, put together from those of its parts. */
function contextDigest(tools: readonly ToolDefinition[], messages: readonly Message[]): string {
  return digest(`{"messages":[${messageTexts(messages).join(',')}],"tools":[${tools.map((tool) => remembered(tool, toolIdentity)).join(',')}]}`);
}

function digest(canonical: string): string {
  return sha256Hex(canonical).slice(0, 32);
}

/** Steps of one dialogue share their tools and messages, and family and id of a sample do: each is written once. */
const canonicalTexts = new WeakMap<object, string>();

function remembered<T extends object>(part: T, identity: (part: T) => JsonObject): string {
  const known = canonicalTexts.get(part);
  if (known !== undefined) return known;
  const text = canonicalJson(identity(part));
  canonicalTexts.set(part, text);
  return text;
}

function toolIdentity(tool: ToolDefinition): JsonObject {
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    ...(tool.parameters === undefined ? {} : { parameters: tool.parameters }),
  };
}

function callIdentity(call: ToolCall): JsonObject {
  return { name: call.name, arguments: call.arguments };
}

function messageIdentity(message: Exclude<Message, { role: 'tool' }>): JsonObject {
  const { role, content } = message;
  return role === 'assistant' ? { role, content, calls: message.calls.map(callIdentity) } : { role, content };
}

/** A tool message's `answers` and `name` count only where they say more than its place does. */
function messageTexts(messages: readonly Message[]): readonly string[] {
  let calls: readonly ToolCall[] = [];
  let answered = 0;
  return messages.map((message) => {
    if (message.role === 'assistant') {
      calls = message.calls;
      answered = 0;
    }
    if (message.role !== 'tool') return remembered(message, messageIdentity);
    const { role, content, name } = message;
    const place = answered++;
    const answers = message.answers ?? place;
    return canonicalJson({
      role,
      content,
      ...(answers === place ? {} : { answers }),
      ...(name === undefined || name === calls[answers]?.name ? {} : { name }),
    });
  });
}

function labelIdentity(label: Label): JsonObject {
  switch (label.kind) {
    case 'calls':
      return {
        kind: label.kind,
        calls: label.calls.map(callIdentity),
        ...(label.alternatives === undefined ? {} : { alternatives: label.alternatives.map((calls) => calls.map(callIdentity)) }),
        ...(label.possible === undefined ? {} : { possible: label.possible.map(callIdentity) }),
      };
    case 'text':
      return { kind: label.kind, text: label.text, ...(label.textKind === undefined ? {} : { textKind: textKindIdentity(label.textKind) }) };
    case 'trace':
      return { kind: label.kind, trace: label.trace };
    case 'invalid':
      return { kind: label.kind, raw: label.raw };
    case 'noCall':
    case 'anyCall':
      return { kind: label.kind };
  }
}

function textKindIdentity(textKind: TextKind): JsonObject {
  const argument = textKind.kind === 'ask' ? textKind.argument : undefined;
  return { kind: textKind.kind, ...(argument === undefined ? {} : { argument }) };
}
