import { isBlank } from './jsonExtent.ts';

const cr = 0x0d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Whether a line can be cut without a look at its brackets, because that look could not change the cut: it ends as an
 * object ends, and either nothing follows or a line that opens a record, which cannot go on a value that ends in `}`.
 */
export function standsAlone(bytes: Uint8Array, start: number, end: number, following: number | undefined): boolean {
  const first = bytes[start];
  if (first !== openBrace && first !== openBracket) return true;
  if (following !== undefined && following !== openBrace) return false;
  let at = end - 1;
  while (isBlank(bytes[at] as number)) at--;
  return bytes[at] === (first === openBrace ? closeBrace : closeBracket);
}

/** A CR at the end may be half of a line end. */
export function endWithoutCr(bytes: Uint8Array): number {
  return bytes[bytes.length - 1] === cr ? bytes.length - 1 : bytes.length;
}

/** Why a file that starts so is not read at all. */
export function refusalOf(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  const utf16 = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || (a !== 0 && b === 0 && c !== 0 && d === 0) || (a === 0 && b !== 0 && c === 0 && d !== 0);
  if (utf16 && bytes.length >= 2) return 'the file is UTF-16; save it as UTF-8';
  if (a === 0x1f && b === 0x8b) return 'the file is compressed (gzip); unpack it first';
  if (a === 0x50 && b === 0x41 && c === 0x52 && d === 0x31) return 'the file is Parquet, not text';
  return undefined;
}
