/** Shape of a llama-architecture model with tied embeddings. */
export type ModelConfig = {
  readonly vocab: number;
  readonly dim: number;
  readonly layers: number;
  readonly heads: number;
  /** Key and value heads; `heads / kvHeads` query heads share one. */
  readonly kvHeads: number;
  /** Width of the SwiGLU layer. */
  readonly ffn: number;
  /** Most tokens that one sequence may have: prompt and answer. */
  readonly context: number;
  readonly ropeBase: number;
  /** A float32 in GGUF: round it (`Math.fround`), or a reloaded model differs in the last bit. */
  readonly eps: number;
};

/** Fixed in the kernels. */
export const HEAD_SIZE = 32;

/** Largest sizes that the engine takes; far beyond what a model of its kind is good for, small enough to multiply safely. */
const LARGEST = { vocab: 1 << 18, dim: 4096, layers: 128, heads: 128, kvHeads: 128, ffn: 16384, context: 1 << 15 } as const;

/** Why the engine cannot run a model of this shape, or undefined when it can. */
export function unsupportedShape(c: ModelConfig): string | undefined {
  for (const [name, most] of Object.entries(LARGEST)) {
    // The keys of LARGEST are keys of ModelConfig whose values are numbers.
    const value = c[name as keyof typeof LARGEST];
    if (!Number.isSafeInteger(value) || value < 1 || value > most) return `${name} is ${value}, not a whole number from 1 to ${most}`;
  }
  for (const name of ['vocab', 'dim', 'ffn'] as const) if (c[name] % 8 !== 0) return `${name} is ${c[name]}, not a multiple of 8`;
  if (c.heads % c.kvHeads !== 0) return `${c.heads} heads cannot share ${c.kvHeads} key heads`;
  if (!(c.ropeBase > 1 && Number.isFinite(c.ropeBase))) return `the rope base is ${c.ropeBase}`;
  if (!(c.eps > 0 && c.eps < 1)) return `the norm epsilon is ${c.eps}`;
  return undefined;
}
