import { sha256Hex } from '../hash.ts';
import { canonicalJson } from '../json/stringify.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Label, Message, Sample, TextKind, ToolCall, ToolDefinition } from './sample.ts';

/**
 * What a sample is: its tools (name, description, parameters) and its messages. The label is left out, so that a sample
 * keeps its id when its label is corrected; so are call ids, key order and white space. Fixed for ever by test/golden/identity.json.
 */
export function sampleId(tools: readonly ToolDefinition[], messages: readonly Message[]): string {
  return `smp_${contextDigest(tools, messages)}`;
}

export function labelHash(label: Label): string {
  return `lbl_${digest(labelIdentity(label))}`;
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
  readonly family?: string | undefined;
}): Sample {
  const { tools, messages, label } = parts;
  return { id: sampleId(tools, messages), labelHash: labelHash(label), family: parts.family ?? familyId(tools, messages), tools, messages, label };
}

function contextDigest(tools: readonly ToolDefinition[], messages: readonly Message[]): string {
  return digest({ tools: tools.map(toolIdentity), messages: messageIdentities(messages) });
}

function digest(value: JsonValue): string {
  return sha256Hex(canonicalJson(value)).slice(0, 32);
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

/** A tool message's `answers` and `name` count only where they say more than its place does. */
function messageIdentities(messages: readonly Message[]): readonly JsonObject[] {
  let calls: readonly ToolCall[] = [];
  let answered = 0;
  return messages.map((message) => {
    const { role, content } = message;
    if (role === 'assistant') {
      calls = message.calls;
      answered = 0;
      return { role, content, calls: calls.map(callIdentity) };
    }
    if (role !== 'tool') return { role, content };
    const place = answered++;
    const answers = message.answers ?? place;
    return {
      role,
      content,
      ...(answers === place ? {} : { answers }),
      ...(message.name === undefined || message.name === calls[answers]?.name ? {} : { name: message.name }),
    };
  });
}

function labelIdentity(label: Label): JsonObject {
  switch (label.kind) {
    case 'calls':
      return {
        kind: label.kind,
        calls: label.calls.map(callIdentity),
        ...(label.alternatives === undefined ? {} : { alternatives: label.alternatives.map((calls) => calls.map(callIdentity)) }),
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
