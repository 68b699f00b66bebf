import { visibleText } from '../../core/text/visibleText.ts';

/** Where a click on a figure leads: a command and its argument, which has to be plain JSON. */
export type PageLink = { readonly command: string; readonly argument: unknown; readonly tooltip: string };

/** A piece of text; `link` makes it clickable. */
export type Piece = string | { readonly text: string; readonly link: PageLink | undefined };

/** A button above a line. */
export type PageAction = { readonly title: string; readonly command: string; readonly argument: unknown };

export type PlacedLink = { readonly line: number; readonly from: number; readonly to: number; readonly link: PageLink };
export type PlacedAction = { readonly line: number; readonly action: PageAction };
export type PageContent = { readonly text: string; readonly links: readonly PlacedLink[]; readonly actions: readonly PlacedAction[] };

export type Column = { readonly title: string; readonly right?: boolean };

const longestCell = 44;
/** The last column may be wrapped by the editor. */
const longestLast = 160;
const longestRule = 100;

/**
 * A page of plain text for a read-only editor: headings at the margin, all else indented, so that it folds by chapter. Text of
 * data and models is put in through `quoted` alone: a bar stands before each line, and nothing in it can pass for a heading.
 */
export class TextPage {
  readonly #lines: string[] = [];
  readonly #links: PlacedLink[] = [];
  readonly #actions: PlacedAction[] = [];

  /** A title or chapter, with buttons above it. */
  heading(text: string, actions: readonly PageAction[] = []): void {
    if (this.#lines.length > 0) this.#lines.push('');
    for (const action of actions) this.#actions.push({ line: this.#lines.length, action });
    this.#lines.push(oneLine(text));
  }

  blank(): void {
    this.#lines.push('');
  }

  /** One line, indented. */
  line(...pieces: readonly Piece[]): void {
    this.#place('  ', pieces);
  }

  /** One line below another, further in. */
  below(...pieces: readonly Piece[]): void {
    this.#place('      ', pieces);
  }

  /** Text of data or a model as it is, each line behind a bar. */
  quoted(text: string, longest = 20_000): void {
    const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
    for (const line of visibleText(cut).split(/\r\n|[\n\r\u2028\u2029]/)) this.#lines.push(`      │ ${line}`.trimEnd());
  }

  /** Rows under their titles, where there are any, columns as wide as what is in them. */
  table(columns: readonly Column[], rows: readonly (readonly Piece[])[]): void {
    const cells = rows.map((row) => row.map((piece, i) => shortened(piece, i === columns.length - 1 ? longestLast : longestCell)));
    const widths = columns.map(({ title }, i) => Math.max(displayWidth(title), ...cells.map((row) => displayWidth(textOf(row[i] ?? '')))));
    const last = columns.length - 1;
    const aligned = (piece: Piece, i: number): readonly Piece[] => {
      const space = ' '.repeat(Math.max(0, (widths[i] ?? 0) - displayWidth(textOf(piece))));
      const parts = columns[i]?.right === true ? [space, piece] : i === last ? [piece] : [piece, space];
      return i === 0 ? parts : ['  ', ...parts];
    };
    const titled = columns.some(({ title }) => title !== '');
    if (titled) this.line(...columns.flatMap(({ title }, i) => aligned(title, i)));
    if (titled) this.line('─'.repeat(Math.min(widths.reduce((sum, width) => sum + width + 2, -2), longestRule)));
    for (const row of cells) this.line(...row.flatMap(aligned));
  }

  finish(): PageContent {
    return { text: `${this.#lines.map((line) => line.trimEnd()).join('\n')}\n`, links: this.#links, actions: this.#actions };
  }

  #place(indent: string, pieces: readonly Piece[]): void {
    let text = indent;
    for (const piece of pieces) {
      const shown = oneLine(textOf(piece));
      if (typeof piece !== 'string' && piece.link !== undefined) this.#links.push({ line: this.#lines.length, from: text.length, to: text.length + shown.length, link: piece.link });
      text += shown;
    }
    this.#lines.push(text);
  }
}

/** Eighths of a character make short bars comparable. */
export function bar(value: number, most: number, width = 20): string {
  if (value <= 0 || most <= 0) return '';
  const eighths = Math.max(1, Math.round((Math.min(value, most) / most) * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? '');
}

/** A share with its interval on a line from 0 to 1: `···├──●──┤···`. */
export function intervalBar({ value, low, high }: { readonly value: number; readonly low: number; readonly high: number }, width = 30): string {
  const at = (share: number): number => Math.round(Math.min(1, Math.max(0, share)) * (width - 1));
  return Array.from({ length: width }, (_, i) => (i === at(value) ? '●' : i === at(low) ? '├' : i === at(high) ? '┤' : i > at(low) && i < at(high) ? '─' : '·')).join('');
}

function textOf(piece: Piece): string {
  return typeof piece === 'string' ? piece : piece.text;
}

function shortened(piece: Piece, longest: number): Piece {
  const text = oneLine(textOf(piece));
  const short = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return typeof piece === 'string' ? short : { ...piece, text: short };
}

function oneLine(text: string): string {
  return visibleText(text).replace(/[\r\n\u2028\u2029\t]+/g, ' ');
}

/** Columns of an editor's font: Chinese, Japanese and Korean characters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(character) ? 2 : 1;
  return width;
}
