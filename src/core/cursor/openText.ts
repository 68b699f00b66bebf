/** A container that is open at the cursor: a JSON object or Python dict, a list, or the arguments of a Python call. */
export type Frame = { readonly open: '{' | '[' | '('; readonly start: number };

/** The literal or word that the cursor stands in, from its first character on; `quote` is empty for numbers, words and names. */
export type OpenToken = { readonly start: number; readonly quote: '"' | "'" | '' };

/**
 * What stands open at a cursor, outermost first. `slot` says what may be written there: a key (or the name of a keyword), a
 * value, or nothing (behind a value, or between key and colon).
 */
export type OpenText = {
  readonly frames: readonly Frame[];
  readonly slot: 'key' | 'value' | 'none';
  readonly token: OpenToken | undefined;
  /** The mark that opened last where a text marks its calls: `<tool_call>`. */
  readonly tag: string | undefined;
};

/**
 * Reads a text from `start` up to the cursor and says what is open there, whatever follows: a record is broken while somebody
 * types in it. With `prose`, values stand anywhere among words, and calls may be Python's. Undefined outside of any value.
 * One pass; never throws.
 */
export function openTextAt(text: string, start: number, cursor: number, prose: boolean): OpenText | undefined {
  return new Reader(text, cursor, prose).read(start);
}

type OpenFrame = { readonly open: Frame['open']; readonly start: number; expects: 'key' | 'colon' | 'value' | 'comma' };

const tag = /<\/?[A-Za-z_|][\w|]*>/y;
/** Where a value may begin among words: a container with something of a container in it, or a call at the start of a line. */
const beginning = /<\/?[A-Za-z_|][\w|]*>|\{(?=\s*(?:["'}]|$))|\[(?=\s*(?:[[{"'\]]|$|[A-Za-z_][\w ./-]*(?:\(|$)))|(?<=^|[\n>])[A-Za-z_][\w.]*\(/g;
const word = /[^\s,:=()[\]{}"'<]*/y;
/** Names of tools in Python lists may have blanks in them. */
const name = /[^,:=()[\]{}"'<\n]*/y;

class Reader {
  private frames: OpenFrame[] = [];
  private mark: string | undefined;
  private readonly text: string;

  constructor(
    text: string,
    private readonly end: number,
    private readonly prose: boolean,
  ) {
    this.text = text.slice(0, end);
  }

  read(start: number): OpenText | undefined {
    for (let at = start; at < this.end; ) {
      const character = this.text.charAt(at);
      if (/\s/.test(character)) at += 1;
      else if (this.frames.length === 0) {
        const next = this.begin(at);
        if (next === undefined) return undefined;
        at = next;
      } else if (character === '"' || character === "'") {
        const close = this.closing(at, character);
        if (close === undefined) return this.at({ start: at, quote: character });
        this.closed(close > 0);
        at = Math.abs(close);
      } else if (/[{[(,:=)\]}]/.test(character)) at = this.punctuation(character, at);
      else {
        const next = this.markAt(at) ?? this.word(at);
        if (next === undefined) return this.at({ start: at, quote: '' });
        at = next;
      }
    }
    return this.frames.length === 0 ? undefined : this.at(undefined);
  }

  private at(token: OpenToken | undefined): OpenText {
    const expects = this.frames.at(-1)?.expects;
    return { frames: this.frames.map(({ open, start }) => ({ open, start })), slot: expects === 'key' || expects === 'value' ? expects : 'none', token, tag: this.mark };
  }

  /** Opens the next container at or after the offset; undefined where there is none before the cursor. */
  private begin(from: number): number | undefined {
    if (!this.prose) {
      this.push(this.text.charAt(from), from);
      return from + 1;
    }
    beginning.lastIndex = from;
    const match = beginning.exec(this.text);
    if (match === null) return undefined;
    const end = match.index + match[0].length;
    if (match[0].startsWith('<')) this.mark = match[0].startsWith('</') ? undefined : match[0];
    else this.push(this.text.charAt(end - 1), end - 1);
    return end;
  }

  private push(open: string, start: number): void {
    if (open === '{' || open === '(') this.frames.push({ open, start, expects: 'key' });
    else if (open === '[') this.frames.push({ open, start, expects: 'value' });
  }

  private punctuation(character: string, at: number): number {
    const frame = this.frames.at(-1);
    if ('{[('.includes(character)) this.push(character, at);
    else if (character === ',' && frame !== undefined) frame.expects = frame.open === '[' ? 'value' : 'key';
    else if ((character === ':' && frame?.open === '{') || (character === '=' && frame?.open === '(')) frame.expects = 'value';
    else if (')]}'.includes(character)) {
      this.frames.pop();
      this.closed(false);
    }
    return at + 1;
  }

  /** A value has ended, or with `isText` perhaps a key. */
  private closed(isText: boolean): void {
    const frame = this.frames.at(-1);
    if (frame !== undefined) frame.expects = isText && frame.open === '{' && frame.expects === 'key' ? 'colon' : 'comma';
  }

  /** Behind the closing quote; undefined where the cursor comes first. A text that a line break cuts off ends there, as a negative offset. */
  private closing(open: number, quote: string): number | undefined {
    for (let at = open + 1; at < this.end; at += 1) {
      const character = this.text.charAt(at);
      if (character === '\\') at += 1;
      else if (character === quote) return at + 1;
      else if (character === '\n' && quote === '"' && this.prose) return -at;
    }
    return undefined;
  }

  /** Marks around calls end whatever was left open before them. */
  private markAt(at: number): number | undefined {
    if (!this.prose || this.text.charAt(at) !== '<') return this.text.charAt(at) === '<' ? at + 1 : undefined;
    tag.lastIndex = at;
    const match = tag.exec(this.text);
    if (match === null) return at + 1;
    this.frames = [];
    this.mark = match[0].startsWith('</') ? undefined : match[0];
    return at + match[0].length;
  }

  /** Behind a number, constant or name; undefined where the cursor stands in it. */
  private word(at: number): number | undefined {
    const frame = this.frames.at(-1);
    const pattern = frame?.open === '[' && this.prose ? name : word;
    pattern.lastIndex = at;
    const end = at + Math.max(1, pattern.exec(this.text)?.[0].length ?? 1);
    if (end >= this.end) return undefined;
    if (frame !== undefined && frame.open !== '(' ) frame.expects = 'comma';
    else if (frame !== undefined && frame.expects === 'value') frame.expects = 'comma';
    return end;
  }
}
