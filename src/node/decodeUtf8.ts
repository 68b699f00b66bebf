import type { DecodeUtf8 } from '../core/jsonl/recordSplitter.ts';

/** Decodes with Node's own decoder, which is faster for short records than `TextDecoder`. */
export function nodeDecoding(): DecodeUtf8 {
  let view: Buffer = Buffer.alloc(0);
  let of: Uint8Array = view;
  return (bytes, start, end) => {
    if (bytes !== of) {
      of = bytes;
      view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return view.toString('utf8', start, end);
  };
}
