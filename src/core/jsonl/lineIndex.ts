import { countUpTo } from '../ascending.ts';

/** 0-based line and UTF-16 column, as editors count. */
export type Position = { readonly line: number; readonly column: number };

/** Leads between UTF-16 offsets and lines of a text. Lines end with LF, CRLF or a lone CR; for tools of patches, with LF alone. */
export class LineIndex {
  private readonly starts: number[] = [0];

  constructor(
    readonly text: string,
    ends: 'any' | 'lf' = 'any',
  ) {
    let cr = ends === 'lf' ? -1 : text.indexOf('\r');
    for (let lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', lf + 1)) {
      for (; cr >= 0 && cr < lf; cr = text.indexOf('\r', cr + 1)) if (cr < lf - 1) this.starts.push(cr + 1);
      this.starts.push(lf + 1);
    }
    for (; cr >= 0; cr = text.indexOf('\r', cr + 1)) this.starts.push(cr + 1);
  }

  get lineCount(): number {
    return this.starts.length;
  }

  lineAt(offset: number): number {
    return Math.max(0, countUpTo(this.starts, offset) - 1);
  }

  positionAt(offset: number): Position {
    const line = this.lineAt(offset);
    return { line, column: offset - this.lineStart(line) };
  }

  offsetAt(position: Position): number {
    return Math.min(this.lineStart(position.line) + position.column, this.text.length);
  }

  lineStart(line: number): number {
    return this.starts[line] ?? this.text.length;
  }
}
