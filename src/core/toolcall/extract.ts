import type { Label, TextKind, ToolCall } from '../dataset/sample.ts';
import type { Span } from '../json/stringMap.ts';
import { nodeValue } from '../json/tree.ts';
import type { CompletionReply } from '../llm/completionPort.ts';
import { scanAnswer, type ScannedAnswer } from './answerScanner.ts';
import type { ScanAnswerOptions } from './callBodies.ts';
import { readArgumentText, readCall, type EmptyArguments } from './callValue.ts';
import type { Prediction } from './prediction.ts';
import { callKey } from './canonicalCall.ts';
import { classifyText, noTextKinds, type CompiledTextKinds } from './textKinds.ts';

export type ExtractOptions = ScanAnswerOptions & {
  /** As the server said it; `length` makes the answer TRUNCATED, whatever it holds. */
  readonly finishReason?: string;
  readonly textKinds?: CompiledTextKinds;
  /** What a call without an arguments object is; `strict` (invalid) when absent. */
  readonly emptyArguments?: EmptyArguments;
};

/**
 * What a model answered, from its text (looptool-spec.md 9.2 and 9.3, column TS). Reasoning is dropped before anything is
 * read. One broken call makes the whole answer INVALID; calls are given for kind CALL only.
 */
export function extractPrediction(text: string, options: ExtractOptions = {}): Prediction {
  return predictionOf(readAnswer(text, options.emptyArguments ?? 'strict', options), options);
}

/** The same for a reply of a server: calls that the server parsed itself join those that still stand in the text. */
export function predictionFromReply(reply: CompletionReply, textKinds: CompiledTextKinds): Prediction {
  const answer = readAnswer(reply.content, 'strict', {});
  const native: ToolCall[] = [];
  const problems: string[] = [...answer.problems];
  const warnings: string[] = [...answer.warnings];
  for (const call of reply.calls) {
    // Servers write "no arguments" as an empty text, which is theirs to say.
    const read = 'raw' in call ? readArgumentText(call.raw, 'lenient') : { ok: true as const, value: call.arguments, warnings: [] };
    if (!read.ok || call.name.trim() === '') problems.push(read.ok ? 'the call has no name' : read.message);
    else {
      native.push({ name: call.name.trim(), arguments: read.value });
      warnings.push(...read.warnings);
    }
  }
  const joined = sameCalls(answer.calls, native) ? native : [...native, ...answer.calls];
  return predictionOf({ ...answer, calls: joined, problems, warnings }, { finishReason: reply.finishReason, textKinds });
}

/** Some servers leave the text of the calls in place beside what they parsed from it. */
function sameCalls(a: readonly ToolCall[], b: readonly ToolCall[]): boolean {
  return a.length === b.length && a.map(callKey).sort().join('\n') === b.map(callKey).sort().join('\n');
}

type Answer = {
  readonly calls: readonly ToolCall[];
  readonly text: string;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly openReasoning: boolean;
};

function readAnswer(text: string, empty: EmptyArguments, options: ScanAnswerOptions): Answer {
  const scanned = scanAnswer(text, options);
  const calls: ToolCall[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const piece of scanned.calls) {
    if (piece.problem !== undefined) problems.push(piece.problem);
    warnings.push(...piece.warnings);
  }
  if (scanned.strays.length > 0) warnings.push('a closing tag stands without a call');
  for (const node of scanned.calls.flatMap((piece) => piece.nodes)) {
    const read = readCall(nodeValue(node), empty);
    if (!read.ok) problems.push(read.message);
    else {
      calls.push(read.call);
      warnings.push(...read.warnings);
    }
  }
  return { calls, text: outsideOf(text, scanned), problems, warnings, openReasoning: scanned.openReasoning };
}

/** The answer's text outside of calls, trimmed. */
function outsideOf(text: string, scanned: ScannedAnswer): string {
  const holes: Span[] = [...scanned.calls, ...scanned.strays, ...scanned.holes].sort((a, b) => a.start - b.start);
  const parts: string[] = [];
  let position = scanned.start;
  for (const hole of holes) {
    parts.push(text.slice(position, hole.start));
    position = hole.end;
  }
  parts.push(text.slice(position, scanned.end));
  return parts.map((part) => part.trim()).filter((part) => part !== '').join('\n');
}

function predictionOf(answer: Answer, options: ExtractOptions): Prediction {
  const { calls, text, problems } = answer;
  const warnings = [...problems, ...answer.warnings];
  const none = { calls: [], text };
  if (answer.openReasoning) return { kind: 'TRUNCATED', ...none, warnings: ['the reasoning never ends', ...warnings] };
  if (isLength(options.finishReason)) return { kind: 'TRUNCATED', ...none, warnings: ['the answer was cut at the token limit', ...warnings] };
  if (problems.length > 0) return { kind: 'INVALID', ...none, warnings };
  if (calls.length > 0) return { kind: 'CALL', calls, text, warnings };
  if (text === '') return { kind: 'EMPTY', ...none, warnings };
  return textPrediction(text, classifyText(text, options.textKinds ?? noTextKinds), warnings);
}

function isLength(finishReason: string | undefined): boolean {
  return finishReason === 'length' || finishReason?.toLowerCase() === 'max_tokens';
}

function textPrediction(text: string, kind: TextKind | undefined, warnings: readonly string[]): Prediction {
  const base = { calls: [], text, warnings };
  if (kind?.kind === 'ask') return { kind: 'TEXT_ASK', ...base, ...(kind.argument === undefined ? {} : { argument: kind.argument }) };
  return { kind: kind?.kind === 'decline' ? 'TEXT_DECLINE' : 'TEXT_ANSWER', ...base };
}

/** The label that a prediction would make; undefined where it is no answer. A plain answer gets no kind: no pattern vouches for it. */
export function predictionToLabel(prediction: Prediction): Label | undefined {
  switch (prediction.kind) {
    case 'CALL':
      return { kind: 'calls', calls: prediction.calls };
    case 'TEXT_ASK':
      return { kind: 'text', text: prediction.text, textKind: { kind: 'ask', ...(prediction.argument === undefined ? {} : { argument: prediction.argument }) } };
    case 'TEXT_DECLINE':
      return { kind: 'text', text: prediction.text, textKind: { kind: 'decline' } };
    case 'TEXT_ANSWER':
      return { kind: 'text', text: prediction.text };
    case 'EMPTY':
    case 'TRUNCATED':
    case 'INVALID':
      return undefined;
  }
}

/** A label seen as an answer, for showing both sides in one way. Labels that hold no answer give none, with a warning. */
export function labelToPrediction(label: Label, textKinds: CompiledTextKinds): Prediction {
  const nothing = { calls: [], text: '' };
  switch (label.kind) {
    case 'calls':
      return { kind: 'CALL', calls: label.calls, text: '', warnings: [] };
    case 'text':
      if (label.text.trim() === '') return { kind: 'EMPTY', ...nothing, warnings: [] };
      return textPrediction(label.text, label.textKind ?? classifyText(label.text, textKinds), []);
    case 'noCall':
      return { kind: 'EMPTY', ...nothing, warnings: ['the label says only that no call is right'] };
    case 'anyCall':
      return { kind: 'CALL', ...nothing, warnings: ['the label says only that some call is right'] };
    case 'trace':
      return { kind: 'INVALID', ...nothing, warnings: ['the label is an execution trace'] };
    case 'invalid':
      return { kind: 'INVALID', calls: [], text: label.raw, warnings: [label.reason] };
  }
}
