/** Tokens with a meaning of their own. `<|…|>` are control tokens; the tags are shown in output text. Order is their order in the vocabulary. */
export const SPECIAL_TOKENS = [
  '<|im_start|>', '<|im_end|>', '<tools>', '</tools>', '<tool_call>', '</tool_call>', '<tool_response>', '</tool_response>',
] as const;
export type SpecialToken = (typeof SPECIAL_TOKENS)[number];

/** The token that ends a turn, and so an answer. */
export const END_OF_TURN: SpecialToken = '<|im_end|>';

/**
 * A piece of rendered text. `special` pieces are exactly one special token each; all other text, the template's own words
 * and data alike, is plain, so that `<|im_end|>` inside a user's message stays eleven characters and ends nothing.
 */
export type Segment =
  | { readonly special: true; readonly text: SpecialToken }
  | { readonly special: false; readonly text: string };

/** What encoding needs of a tokeniser: text without special-token parsing, and the id of one special token. */
export interface SegmentTokenizer {
  encodePlain(text: string): readonly number[];
  id(token: string): number;
}

/** Collects segments; neighbouring plain text is joined, because tokens may cross the seam. */
export class SegmentWriter {
  private readonly written: Segment[] = [];

  special(...tokens: readonly SpecialToken[]): this {
    for (const text of tokens) this.written.push({ special: true, text });
    return this;
  }

  plain(text: string): this {
    if (text === '') return this;
    const last = this.written.at(-1);
    if (last && !last.special) this.written[this.written.length - 1] = { special: false, text: last.text + text };
    else this.written.push({ special: false, text });
    return this;
  }

  segments(): readonly Segment[] {
    return this.written;
  }
}

export function joinSegments(segments: readonly Segment[]): string {
  return segments.map((segment) => segment.text).join('');
}

/** Token ids of rendered segments: only `special` segments become special tokens. */
export function encodeSegments(segments: readonly Segment[], tokenizer: SegmentTokenizer): number[] {
  const ids: number[] = [];
  for (const segment of segments) {
    if (segment.special) ids.push(tokenizer.id(segment.text));
    else for (const id of tokenizer.encodePlain(segment.text)) ids.push(id);
  }
  return ids;
}

/** Splits text that is known to be a template's own, such as a raw completion prompt, at its special tokens. */
export function parseSegments(text: string): readonly Segment[] {
  const writer = new SegmentWriter();
  for (const part of text.split(SPECIAL_PATTERN)) {
    if (isSpecialToken(part)) writer.special(part);
    else writer.plain(part);
  }
  return writer.segments();
}

const SPECIAL_PATTERN = new RegExp(`(${SPECIAL_TOKENS.map((token) => token.replaceAll('|', '\\|')).join('|')})`);

function isSpecialToken(text: string): text is SpecialToken {
  return (SPECIAL_TOKENS as readonly string[]).includes(text);
}
