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

/** UTF-16 units that a byte begins: none within a character, two for one beyond U+FFFF. */
const unitsOf = Uint8Array.from({ length: 256 }, (_, byte) => ((byte & 0xc0) === 0x80 ? 0 : byte >= 0xf0 ? 2 : 1));

/** UTF-16 units that well-formed UTF-8 in [start, end) decodes to. */
export function utf16Length(bytes: Uint8Array, start: number, end: number): number {
  let units = 0;
  let at = start;
  // Four at a time, without branches. All indices are below the end, all bytes are in the table.
  for (; at < end - 3; at += 4) units += (unitsOf[bytes[at] as number] as number) + (unitsOf[bytes[at + 1] as number] as number) + (unitsOf[bytes[at + 2] as number] as number) + (unitsOf[bytes[at + 3] as number] as number);
  for (; at < end; at++) units += unitsOf[bytes[at] as number] as number;
  return units;
}
