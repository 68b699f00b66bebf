/** What the start of the first record of a JSON text looks like. */
export type Outline = {
  /**
   * Where something stands: `messages`, `messages[`, `messages[{`, `messages[{role`, and `messages[{role"` where that is a
   * text. Elements of a list share their place.
   */
  readonly places: ReadonlySet<string>;
  /** The first text at each place, as it is written, escapes and all. */
  readonly texts: ReadonlyMap<string, string>;
  /** Place of the text in which the start ends, if it does. */
  readonly cut: string | undefined;
};

type Level = { readonly prefix: string; readonly isObject: boolean };

/** Deeper places tell nothing more. */
const deepest = 6;

/**
 * Outlines the first record, or element of a list, in one pass and without parsing: text that breaks off, or is no JSON
 * further on, does not matter. Undefined where there is no object or list.
 */
export function outlineOf(start: string): Outline | undefined {
  const opening = /^\ufeff?\s*(\[\s*)?(?=[{[])/.exec(start);
  return opening === null ? undefined : new OutlineReader(start).read(opening[0].length);
}

class OutlineReader {
  private readonly places = new Set<string>();
  private readonly texts = new Map<string, string>();
  private readonly levels: Level[] = [];
  private cut: string | undefined;
  private key = '';
  private expectsKey = false;

  constructor(private readonly text: string) {}

  read(from: number): Outline {
    for (let at = from; at < this.text.length; at += 1) {
      const character = this.text[at];
      if (character === '"') at = this.readText(at);
      else if (character === '{' || character === '[') this.open(character);
      else if (character === '}' || character === ']') {
        this.levels.pop();
        if (this.levels.length === 0) break;
        this.expectsKey = false;
      } else if (character === ',') this.expectsKey = this.levels.at(-1)?.isObject === true;
    }
    return { places: this.places, texts: this.texts, cut: this.cut };
  }

  private get place(): string {
    const level = this.levels.at(-1);
    return level === undefined ? '' : level.isObject ? level.prefix + this.key : level.prefix;
  }

  private open(bracket: '{' | '['): void {
    // The record itself has no name.
    const prefix = this.levels.length === 0 && bracket === '{' ? '' : this.place + bracket;
    this.add(prefix);
    this.levels.push({ prefix, isObject: bracket === '{' });
    this.expectsKey = bracket === '{';
    this.key = '';
  }

  /** Index of the closing quote, or of the end. */
  private readText(quote: number): number {
    let end = quote + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    const written = this.text.slice(quote + 1, end);
    if (this.expectsKey) {
      this.key = written;
      this.expectsKey = false;
      this.add(this.place);
      return end;
    }
    const { place } = this;
    this.add(`${place}"`);
    if (!this.texts.has(place)) this.texts.set(place, written);
    if (end >= this.text.length) this.cut = place;
    return end;
  }

  private add(place: string): void {
    if (this.levels.length <= deepest && place !== '') this.places.add(place);
  }
}
