/**
 * Which share of `of` (0-based) a family is in: the same for ever and everywhere, whatever else the set holds. FNV-1a over
 * UTF-16 code units with the finalizer of MurmurHash3, since FNV's high bits alone are uneven for texts with a common start.
 */
export function shareOf(family: string, of: number): number {
  return Math.floor((familyHash(family) / 4294967296) * of);
}

/** 32 bits, unsigned. */
export function familyHash(family: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < family.length; i++) hash = Math.imul(hash ^ family.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
