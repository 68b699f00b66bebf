/** Offset of the first byte in [start, end) that is not well-formed UTF-8 (RFC 3629; no surrogates), or -1. */
export function firstInvalidByte(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    // Below the end of the bytes.
    const lead = bytes[at] as number;
    if (lead < 0x80) {
      at++;
      continue;
    }
    const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
    if (length === 0 || at + length > end) return at;
    const second = bytes[at + 1] as number;
    if (second < lowestSecond(lead) || second > highestSecond(lead)) return at;
    for (let more = 2; more < length; more++) if (((bytes[at + more] as number) & 0xc0) !== 0x80) return at;
    at += length;
  }
  return -1;
}

function lowestSecond(lead: number): number {
  return lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
}

function highestSecond(lead: number): number {
  return lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
}

/** UTF-16 units that well-formed UTF-8 in [start, end) decodes to; a stray byte counts as none or one. */
export function utf16Length(bytes: Uint8Array, start: number, end: number): number {
  let units = end - start;
  const four = end - 3;
  // All indices are below the end of the bytes.
  for (let at = start; at < end; at++) {
    while (at < four && ((bytes[at] as number) | (bytes[at + 1] as number) | (bytes[at + 2] as number) | (bytes[at + 3] as number)) < 0x80) at += 4;
    const byte = bytes[at] as number;
    if (at < end && byte >= 0x80) units += byte < 0xc0 ? -1 : byte >= 0xf0 ? 1 : 0;
  }
  return units;
}
