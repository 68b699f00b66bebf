/** 64 bits of a text in base 36, from two multiplicative hashes: quick, and good enough to tell texts apart, not to keep secrets. */
export function shortHash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul((high + code) ^ (high >>> 15), 0x2c1b3c6d);
  }
  return `${spread(high).toString(36)}.${spread(low).toString(36)}`;
}

/** Spreads a 32-bit hash over all its bits (the finaliser of MurmurHash3). */
export function spread(hash: number): number {
  let h = hash | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
