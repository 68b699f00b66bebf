import type { Position, Range, TextDocument, TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import { countBelow, countUpTo } from '../../core/ascending.ts';

/** What an edit did: the text from `start` to `oldEnd` became what now stands from `start` to `newEnd`. */
export type TextChange = { readonly start: number; readonly oldEnd: number; readonly newEnd: number };

/** A piece of the text; no line break is cut in two. `lines`: behind each break of the piece, offsets of the piece. */
type Chunk = { readonly text: string; readonly lines: Uint32Array };

const chunkUnits = 1 << 15;
const smallest = 1 << 12;
const editsKept = 500;

/**
 * An open document whose edits cost the same however long it is: the text in pieces, each a string of its own in as few bytes
 * as its characters take, so that neither an edit nor what is kept of a record holds on to the text as it was before.
 */
export class LiveText implements TextDocument {
  /** Told of each edit, when the text has it. */
  onEdit: ((change: TextChange) => void) | undefined;
  private chunks: Chunk[] = [];
  /** Of each piece: where it starts, the line breaks before it, and the start of the line that it starts in. One more for the end. */
  private starts: number[] = [0];
  private breaks: number[] = [0];
  private lineStarts: number[] = [0];
  /** The last edits, and how many were before them. */
  private edits: TextChange[] = [];
  private editsForgotten = 0;
  private whole: WeakRef<{ readonly text: string }> | undefined;

  constructor(
    readonly uri: string,
    readonly languageId: string,
    public version: number,
    text: string,
  ) {
    this.chunks = chunksOf(text);
    this.index(0);
  }

  get length(): number {
    return this.starts.at(-1) ?? 0;
  }

  /** Edits so far. */
  get editCount(): number {
    return this.editsForgotten + this.edits.length;
  }

  /** The edits behind the first `count`, in their order; undefined where they are not known any more. */
  editsSince(count: number): readonly TextChange[] | undefined {
    return count < this.editsForgotten ? undefined : this.edits.slice(count - this.editsForgotten);
  }

  get lineCount(): number {
    return (this.breaks.at(-1) ?? 0) + 1;
  }

  /** Without a range it costs time and memory as the text is long: prefer `slice`. */
  getText(range?: Range): string {
    if (range !== undefined) return this.slice(this.offsetAt(range.start), this.offsetAt(range.end));
    const known = this.whole?.deref();
    if (known !== undefined) return known.text;
    const text = this.chunks.map((chunk) => chunk.text).join('');
    this.whole = new WeakRef({ text });
    return text;
  }

  /** The text as it is now, put together only when it is asked for; until then it holds what edits have replaced, and nothing more. */
  snapshot(): () => string {
    const chunks = [...this.chunks];
    return () => chunks.map((chunk) => chunk.text).join('');
  }

  slice(start: number, end: number): string {
    const from = Math.max(0, start);
    const to = Math.min(end, this.length);
    if (from >= to) return '';
    let at = this.chunkAt(from);
    const first = this.startOf(at);
    const piece = this.textOf(at);
    if (to - first <= piece.length) return piece.slice(from - first, to - first);
    let text = piece.slice(from - first);
    for (at += 1; this.startOf(at) < to; at += 1) text += this.textOf(at).slice(0, to - this.startOf(at));
    return text;
  }

  charCodeAt(offset: number): number {
    const chunk = this.chunkAt(offset);
    return this.textOf(chunk).charCodeAt(offset - this.startOf(chunk));
  }

  positionAt(offset: number): Position {
    const within = Math.max(0, Math.min(offset, this.length));
    const chunk = this.chunkAt(within);
    const lines = this.chunks[chunk]?.lines;
    const count = lines === undefined ? 0 : countUpTo(lines, within - this.startOf(chunk));
    const lineStart = count === 0 ? (this.lineStarts[chunk] ?? 0) : this.startOf(chunk) + (lines?.[count - 1] ?? 0);
    return { line: (this.breaks[chunk] ?? 0) + count, character: this.beforeBreak(within, lineStart) - lineStart };
  }

  offsetAt({ line, character }: Position): number {
    if (line < 0) return 0;
    if (line >= this.lineCount) return this.length;
    const start = this.lineStart(line);
    if (character <= 0) return start;
    return this.beforeBreak(Math.min(start + character, this.lineEnd(line)), start);
  }

  getLineRange(line: number): Range {
    const at = Math.max(0, Math.min(line, this.lineCount - 1));
    const start = this.lineStart(at);
    return { start: { line: at, character: 0 }, end: { line: at, character: this.beforeBreak(this.lineEnd(at), start) - start } };
  }

  getEOLCharacters(line: number): string {
    if (line < 0 || line >= this.lineCount) return '';
    return this.slice(this.beforeBreak(this.lineEnd(line), this.lineStart(line)), this.lineEnd(line));
  }

  update(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    for (const change of changes) {
      if (!('range' in change)) this.replace(0, this.length, change.text);
      else {
        const [a, b] = [this.offsetAt(change.range.start), this.offsetAt(change.range.end)];
        this.replace(Math.min(a, b), Math.max(a, b), change.text);
      }
    }
    this.version = version;
  }

  private replace(start: number, end: number, newText: string): void {
    this.whole = undefined;
    let first = this.chunkAt(start);
    let last = Math.max(first, this.chunkAt(end));
    let text = this.textOf(first).slice(0, start - this.startOf(first)) + newText + this.textOf(last).slice(end - this.startOf(last));
    if (first > 0 && (text.length < smallest || (text.startsWith('\n') && this.textOf(first - 1).endsWith('\r')))) {
      first -= 1;
      text = this.textOf(first) + text;
    }
    if (last + 1 < this.chunks.length && text.endsWith('\r') && this.textOf(last + 1).startsWith('\n')) {
      last += 1;
      text += this.textOf(last);
    }
    const pieces = chunksOf(text);
    // Arguments of a call are limited.
    this.chunks = pieces.length < 1000 ? (this.chunks.splice(first, last - first + 1, ...pieces), this.chunks) : [...this.chunks.slice(0, first), ...pieces, ...this.chunks.slice(last + 1)];
    this.index(first);
    const change = { start, oldEnd: end, newEnd: start + newText.length };
    this.edits.push(change);
    if (this.edits.length > 2 * editsKept) this.editsForgotten += this.edits.splice(0, editsKept).length;
    this.onEdit?.(change);
  }

  private index(first: number): void {
    const count = this.chunks.length;
    for (const list of [this.starts, this.breaks, this.lineStarts]) list.length = Math.min(list.length, first + 1);
    for (let at = first; at < count; at += 1) {
      const chunk = this.chunks[at] as Chunk; // Below the length.
      const start = this.startOf(at);
      this.starts[at + 1] = start + chunk.text.length;
      this.breaks[at + 1] = (this.breaks[at] ?? 0) + chunk.lines.length;
      const last = chunk.lines.at(-1);
      this.lineStarts[at + 1] = last === undefined ? (this.lineStarts[at] ?? 0) : start + last;
    }
  }

  /** The piece that holds the character at an offset; the last one for the end. */
  private chunkAt(offset: number): number {
    return Math.max(0, countUpTo(this.starts, offset, this.chunks.length) - 1);
  }

  private startOf(chunk: number): number {
    return this.starts[chunk] ?? Infinity;
  }

  private textOf(chunk: number): string {
    return this.chunks[chunk]?.text ?? '';
  }

  /** Behind its line break. */
  private lineEnd(line: number): number {
    return line + 1 < this.lineCount ? this.lineStart(line + 1) : this.length;
  }

  private lineStart(line: number): number {
    if (line === 0) return 0;
    const chunk = Math.max(0, countBelow(this.breaks, line, this.chunks.length) - 1);
    return this.startOf(chunk) + (this.chunks[chunk]?.lines[line - (this.breaks[chunk] ?? 0) - 1] ?? 0);
  }

  /** An offset in a line break, or behind it, is moved before it. */
  private beforeBreak(offset: number, lineStart: number): number {
    let at = offset;
    while (at > lineStart && isBreak(this.charCodeAt(at - 1))) at -= 1;
    return at;
  }
}

function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = 0; start < text.length; ) {
    let end = text.length - start < 2 * chunkUnits ? text.length : start + chunkUnits;
    if (text.charCodeAt(end - 1) === 0x0d && text.charCodeAt(end) === 0x0a) end += 1;
    const own = compact(text.slice(start, end));
    chunks.push({ text: own, lines: linesOf(own) });
    start = end;
  }
  return chunks.length === 0 ? [{ text: '', lines: new Uint32Array(0) }] : chunks;
}

const wide = /[^\u0000-\u00ff]/;

/** The same text with memory of its own. */
function compact(text: string): string {
  const encoding = wide.test(text) ? 'utf16le' : 'latin1';
  return Buffer.from(text, encoding).toString(encoding);
}

function linesOf(text: string): Uint32Array {
  const lines: number[] = [];
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1);
    return Uint32Array.from(lines);
  }
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) lines.push(at + 1);
  }
  return Uint32Array.from(lines);
}
