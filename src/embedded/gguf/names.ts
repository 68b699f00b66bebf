import { HEAD_SIZE, type ModelConfig } from '../model/config.ts';
import { planTensors } from '../model/layout.ts';

/** Data of a GGUF file start at multiples of this, unless `general.alignment` says otherwise. */
export const ALIGNMENT = 32;

/** Types of metadata values (GGUF 3). */
export const VALUE_TYPE = { u8: 0, i8: 1, u16: 2, i16: 3, u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9, u64: 10, i64: 11, f64: 12 } as const;

/** Types of tensors that the engine reads and writes. */
export const TENSOR_TYPE = { f32: 0, f16: 1 } as const;

/** A tensor of the file: its shape with the fastest dimension first, and where it lies in the parameter block, in floats. */
export type TensorName = { readonly name: string; readonly shape: readonly number[]; readonly offset: number };

/** llama.cpp's names of the slices of the parameter block; fused matrices are stored as their parts. */
export function tensorNames(c: ModelConfig): TensorName[] {
  const at = new Map(planTensors(c).tensors.map((t) => [t.name, t.offset]));
  const off = (name: string, rows = 0): number => (at.get(name) ?? 0) + rows * c.dim;
  const q = c.heads * HEAD_SIZE;
  const kv = c.kvHeads * HEAD_SIZE;
  const out: TensorName[] = [{ name: 'token_embd.weight', shape: [c.dim, c.vocab], offset: off('embed') }];
  for (let l = 0; l < c.layers; l++) {
    const p = `blk.${l}.`;
    out.push(
      { name: `${p}attn_norm.weight`, shape: [c.dim], offset: off(`${l}.norm1`) },
      { name: `${p}attn_q.weight`, shape: [c.dim, q], offset: off(`${l}.qkv`) },
      { name: `${p}attn_k.weight`, shape: [c.dim, kv], offset: off(`${l}.qkv`, q) },
      { name: `${p}attn_v.weight`, shape: [c.dim, kv], offset: off(`${l}.qkv`, q + kv) },
      { name: `${p}attn_output.weight`, shape: [q, c.dim], offset: off(`${l}.o`) },
      { name: `${p}ffn_norm.weight`, shape: [c.dim], offset: off(`${l}.norm2`) },
      { name: `${p}ffn_gate.weight`, shape: [c.dim, c.ffn], offset: off(`${l}.gateUp`) },
      { name: `${p}ffn_up.weight`, shape: [c.dim, c.ffn], offset: off(`${l}.gateUp`, c.ffn) },
      { name: `${p}ffn_down.weight`, shape: [c.ffn, c.dim], offset: off(`${l}.down`) },
    );
  }
  out.push({ name: 'output_norm.weight', shape: [c.dim], offset: off('norm') });
  return out;
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
