const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** IEEE 754 binary16 bits of a number, rounded to nearest, ties to even. */
export function toHalf(x: number): number {
  scratch[0] = x;
  const b = scratchBits[0] ?? 0;
  const sign = (b >>> 16) & 0x8000;
  const e = ((b >>> 23) & 255) - 112;
  const m = b & 0x7fffff;
  if (e === 143) return sign | 0x7c00 | (m === 0 ? 0 : 0x200);
  if (e >= 31) return sign | 0x7c00;
  if (e <= 0) {
    if (e < -10) return sign;
    const full = m | 0x800000;
    const shift = 14 - e;
    return sign | roundShift(full, shift);
  }
  // A carry out of the mantissa moves into the exponent, up to infinity, as it should.
  return sign | roundShift((e << 23) | m, 13);
}

function roundShift(value: number, shift: number): number {
  const q = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return q + (rest > half || (rest === half && (q & 1) === 1) ? 1 : 0);
}

export function fromHalf(h: number): number {
  const s = h & 0x8000 ? -1 : 1;
  const e = (h >> 10) & 31;
  const m = h & 1023;
  if (e === 0) return s * m * 2 ** -24;
  if (e === 31) return m ? Number.NaN : s * Infinity;
  return s * (1 + m / 1024) * 2 ** (e - 15);
}
