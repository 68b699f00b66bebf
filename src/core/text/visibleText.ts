const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// With tags, which repeat ASCII unseen, and lone surrogates, which no file can hold.
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\ufeff\u{e0000}-\u{e007f}\p{Cs}]/gu;

/** Dataset and model text as it is, with direction overrides and invisible characters written out, so that nothing can hide. */
export function visibleText(text: string): string {
  return text.replace(BIDI, codePoint).replace(INVISIBLE, codePoint);
}

function codePoint(character: string): string {
  return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}

/** Text on one line of a list of an editor, cut behind `limit` characters. */
export function visibleLine(text: string, limit: number): string {
  const clipped = clippedText(text, limit);
  return `${visibleText(clipped.text).replaceAll(/\s+/g, ' ')}${clipped.hidden > 0 ? '…' : ''}`;
}

/** The first part of a very long text, with how much is left out; pages stay fast and the whole stays one click away. */
export function clippedText(text: string, limit: number): { readonly text: string; readonly hidden: number } {
  return text.length <= limit ? { text, hidden: 0 } : { text: text.slice(0, limit), hidden: text.length - limit };
}
