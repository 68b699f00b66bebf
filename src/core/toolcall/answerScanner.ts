import type { Span } from '../json/stringMap.ts';
import { readBareCalls } from './bareCalls.ts';
import { ScanBudget, type CallPiece, type Found, type Scan, type ScanAnswerOptions } from './callBodies.ts';
import { readFunctionBlock } from './functionBlocks.ts';
import { harmonyChannel, harmonyStart, readHarmony } from './harmony.ts';
import { readReactCalls } from './reactCalls.ts';
import { deepseekCalls, mistralMark, pythonTag, readDeepseek, readMistral, readPythonTag } from './specialTokens.ts';
import { readTagged, reasoningClosings, reasoningOpenings, tagPairs } from './tagCalls.ts';
import { fenceBefore, skipBlanks, startsLine, withoutEndTokens, withoutTrailingBlanks } from './textScan.ts';

export type ScannedAnswer = {
  /** Where the answer starts: behind the last end of reasoning. */
  readonly start: number;
  /** Where it ends: before trailing end-of-turn tokens, or where reasoning starts that never ends. */
  readonly end: number;
  /** In the order of the text; they do not overlap. */
  readonly calls: readonly CallPiece[];
  /** Reasoning was opened and never closed: what follows is no answer. */
  readonly openReasoning: boolean;
  /** Closing tags without a call, which are not text either. */
  readonly strays: readonly Span[];
  /** Marks of messages and channels, and reasoning inside of the answer: neither call nor text. */
  readonly holes: readonly Span[];
};

/**
 * Finds the calls of a model's answer in whatever syntax, by scanning and not by pattern: what stands inside of a JSON or
 * Python string is never a tag (looptool-spec.md 9.2). Reasoning is no source of calls. Never throws for any text; linear in
 * its length; prose costs a few native searches.
 */
export function scanAnswer(text: string, options: ScanAnswerOptions = {}): ScannedAnswer {
  return new AnswerScanner(text, options).scanned();
}

/** Takes the code fence that stands around a call, or around several in a row, into them: it is no text. */
function withFences(text: string, from: number, end: number, calls: readonly CallPiece[]): CallPiece[] {
  const fenced = [...calls];
  let before = from;
  for (let first = 0; first < calls.length; ) {
    let last = first;
    while (last + 1 < calls.length && skipBlanks(text, calls[last]?.end ?? end) === calls[last + 1]?.start) last += 1;
    const [opening, closing] = [calls[first], calls[last]];
    if (opening === undefined || closing === undefined) break;
    const open = fenceBefore(text, before, opening.start);
    const close = skipBlanks(text, closing.end);
    before = closing.end;
    if (open !== undefined && close + 3 <= end && text.startsWith('```', close)) {
      before = close + 3;
      fenced[first] = { ...opening, start: open };
      fenced[last] = { ...(fenced[last] ?? closing), end: before };
    }
    first = last + 1;
  }
  return fenced;
}

/** What every call without tags has one of; `Action:` where that is asked for has a brace. */
function mayHoldCalls(text: string): boolean {
  return text.includes('{') || text.includes('(');
}

type Handler = (scanner: AnswerScanner, at: number, mark: string) => number;

class AnswerScanner {
  private start = 0;
  private readonly end: number;
  private calls: CallPiece[] = [];
  private strays: Span[] = [];
  private holes: Span[] = [];
  private reasoning: number | undefined;
  private readonly scan: Scan;

  constructor(
    readonly text: string,
    options: ScanAnswerOptions,
  ) {
    this.end = withoutEndTokens(text);
    this.scan = { text, end: this.end, budget: new ScanBudget(text.length), options };
  }

  scanned(): ScannedAnswer {
    this.readMarks();
    const end = this.reasoning ?? this.end;
    if (this.calls.length > 0) this.calls = withFences(this.text, this.start, end, this.calls);
    else if (this.reasoning === undefined) this.readUntagged();
    return { start: this.start, end, calls: this.calls, strays: this.strays, holes: this.holes, openReasoning: this.reasoning !== undefined };
  }

  private readMarks(): void {
    const { text, end } = this;
    let position = 0;
    let angle = text.indexOf('<');
    let mistral = text.indexOf(mistralMark);
    while (angle >= 0 || mistral >= 0) {
      if (angle >= 0 && angle < position) angle = text.indexOf('<', position);
      if (mistral >= 0 && mistral < position) mistral = text.indexOf(mistralMark, position);
      const isMistral = mistral >= 0 && (angle < 0 || mistral < angle);
      const at = isMistral ? mistral : angle;
      if (at < 0 || at >= end) return;
      position = isMistral ? this.found(readMistral(this.scan, at)) : this.readMark(at);
    }
  }

  private readMark(at: number): number {
    for (const [mark, handler] of handlers.get(this.text.charCodeAt(at + 1)) ?? []) {
      if (this.text.startsWith(mark, at)) return Math.max(handler(this, at, mark), at + 1);
    }
    return at + 1;
  }

  private get from(): number {
    return this.calls.at(-1)?.end ?? this.start;
  }

  private found(found: Found): number {
    if (found.piece !== undefined && this.reasoning === undefined) this.calls.push(found.piece);
    return found.end;
  }

  private readUntagged(): void {
    if (!mayHoldCalls(this.text)) return;
    const skipped = [...this.strays, ...this.holes].sort((a, b) => a.start - b.start);
    const skip = (from: number): number => {
      let at = from;
      for (const span of skipped) if (span.start <= at && at < span.end) at = skipBlanks(this.text, span.end);
      return at;
    };
    if (this.scan.options.react === true) this.accept(readReactCalls(this.scan, this.start), skipped);
    if (this.calls.length > 0) return;
    let end = this.end;
    for (const span of skipped.toReversed()) {
      if (span.end !== end) break;
      end = withoutTrailingBlanks(this.text, this.start, span.start);
    }
    this.accept(readBareCalls(this.scan, this.start, end, skip), skipped);
  }

  /** A call that reaches into what is no text (reasoning, say) is none; a mark inside of a call is a part of the call. */
  private accept(pieces: readonly CallPiece[], skipped: readonly Span[]): void {
    const inside = new Set<Span>();
    let next = 0;
    for (const piece of pieces) {
      while (next < skipped.length && (skipped[next]?.end ?? 0) <= piece.start) next += 1;
      const met: Span[] = [];
      for (let at = next; at < skipped.length && (skipped[at]?.start ?? 0) < piece.end; at += 1) met.push(...skipped.slice(at, at + 1));
      if (met.some((span) => span.start < piece.start || span.end > piece.end)) continue;
      this.calls.push(piece);
      for (const span of met) inside.add(span);
    }
    if (inside.size === 0) return;
    this.strays = this.strays.filter((span) => !inside.has(span));
    this.holes = this.holes.filter((span) => !inside.has(span));
  }

  static readonly openReasoning: Handler = (scanner, at, mark) => {
    if (scanner.reasoning === undefined && startsLine(scanner.text, at, scanner.from)) scanner.reasoning = at;
    return at + mark.length;
  };

  static readonly closeReasoning: Handler = (scanner, at, mark) => {
    scanner.start = at + mark.length;
    scanner.calls = [];
    scanner.strays = [];
    scanner.holes = [];
    scanner.reasoning = undefined;
    return scanner.start;
  };

  static readonly stray: Handler = (scanner, at, mark) => {
    if (scanner.reasoning === undefined) scanner.strays.push({ start: at, end: at + mark.length });
    return at + mark.length;
  };

  static reader(read: (scan: Scan, at: number, from: number) => Found): Handler {
    return (scanner, at) => scanner.found(read(scanner.scan, at, scanner.from));
  }

  static readonly harmony: Handler = (scanner, at, mark) => {
    const read = readHarmony(scanner.scan, at);
    if (read === undefined) return at + mark.length;
    if (read.reasoning === 'open') scanner.reasoning ??= at;
    if (scanner.reasoning === undefined) scanner.holes.push(...read.holes.filter((hole) => hole.end > hole.start));
    return scanner.found({ end: read.end, ...(read.piece === undefined ? {} : { piece: read.piece }) });
  };
}

const marks: readonly (readonly [string, Handler])[] = [
  ...reasoningOpenings.map((mark) => [mark, AnswerScanner.openReasoning] as const),
  ...reasoningClosings.map((mark) => [mark, AnswerScanner.closeReasoning] as const),
  ...tagPairs.map((pair) => [pair.open, AnswerScanner.reader((scan, at, from) => readTagged(scan, pair, at, from))] as const),
  ...tagPairs.map((pair) => [pair.close, AnswerScanner.stray] as const),
  ['<function=', AnswerScanner.reader(readFunctionBlock)],
  [pythonTag, AnswerScanner.reader(readPythonTag)],
  [deepseekCalls, AnswerScanner.reader(readDeepseek)],
  [harmonyStart, AnswerScanner.harmony],
  [harmonyChannel, AnswerScanner.harmony],
];

/** Marks by the character behind `<`. */
const handlers = new Map<number, (readonly [string, Handler])[]>();
for (const entry of marks) {
  const code = entry[0].charCodeAt(1);
  handlers.set(code, [...(handlers.get(code) ?? []), entry]);
}
