import type { Span } from '../json/stringMap.ts';

type Edit = Span & { readonly newText: string };

/** Edits of the edited text that give back the text as it was, byte for byte. The edits given do not overlap. */
export function invertEdits(text: string, edits: readonly Edit[]): readonly Edit[] {
  let shift = 0;
  return [...edits]
    .sort((a, b) => a.start - b.start)
    .map(({ start, end, newText }) => {
      const inverse = { start: start + shift, end: start + shift + newText.length, newText: text.slice(start, end) };
      shift += newText.length - (end - start);
      return inverse;
    });
}
