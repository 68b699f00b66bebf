/** GPT-2's byte alphabet: printable bytes stand for themselves, the others for code points from 256 on, so every token is printable. */
export const BYTE_TO_CHARACTER: readonly string[] = (() => {
  const out: string[] = [];
  let extra = 0;
  for (let b = 0; b < 256; b++) {
    const shown = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
    out.push(String.fromCodePoint(shown ? b : 256 + extra++));
  }
  return out;
})();

const CHARACTER_TO_BYTE: ReadonlyMap<string, number> = new Map(BYTE_TO_CHARACTER.map((c, b) => [c, b]));

/** A space as it stands in tokens. */
export const SPACE = BYTE_TO_CHARACTER[32] ?? '';

const encoder = new TextEncoder();

/** One character per UTF-8 byte; lone surrogates become U+FFFD. */
export function toAlphabet(text: string): string[] {
  return Array.from(encoder.encode(text), (b) => BYTE_TO_CHARACTER[b] ?? '');
}

/** The bytes of a token, or undefined when it has characters outside the alphabet. */
export function fromAlphabet(token: string): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const character of token) {
    const b = CHARACTER_TO_BYTE.get(character);
    if (b === undefined) return undefined;
    bytes.push(b);
  }
  return Uint8Array.from(bytes);
}

/**
 * GPT-2's pre-tokenisation; no token crosses its pieces. White space is Unicode's, as in llama.cpp: `\s` would add U+FEFF
 * and leave out U+0085.
 */
export const PRE_TOKEN =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
