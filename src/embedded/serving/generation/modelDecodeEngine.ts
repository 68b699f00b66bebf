import type { Engine } from '../../model/engine.ts';
import type { DecodeEngine, EngineRow } from './decodeEngine.ts';

/** The model on one thread, as continuous batching sees it: every pass reads keys from the cache, prompts too. */
export function modelDecodeEngine(engine: Engine): DecodeEngine {
  const { config, layout, k } = engine;
  const { limits } = layout;
  const forward = (rows: readonly EngineRow[]): void => {
    let offset = 0;
    rows.forEach((row, n) => {
      engine.placeRow(n, row.token, row.position, row.prefixStart, row.prefixEnd, row.ownStart, row.ownEnd, offset);
      offset += config.heads * ((row.prefixEnd - row.prefixStart + row.ownEnd - row.ownStart + 3) & ~3);
    });
    engine.forwardLayers(
      rows.length,
      (layer, qkv) => {
        rows.forEach((row, n) => engine.storeKeys(layer, qkv, n, row.row));
      },
      true,
    );
  };
  const probabilities = (rows: readonly number[]): { values: Float32Array; offset: number } => {
    engine.logitsOf(rows);
    k.softmaxRows(engine.logits, rows.length, config.vocab, 1, engine.stats);
    return { values: engine.f32, offset: engine.logits >> 2 };
  };
  const moveRows = (from: number, to: number, count: number): void => {
    const width = 2 * engine.kvDim;
    for (const address of engine.cache) {
      const cache = address >> 2;
      engine.f32.copyWithin(cache + to * width, cache + from * width, cache + (from + count) * width);
    }
  };
  return {
    vocabulary: config.vocab,
    contextTokens: config.context,
    passRows: limits.tokens,
    probabilityRows: limits.lossRows,
    passKeys: limits.attentionSlots,
    cacheRows: limits.cacheRows,
    forward,
    probabilities,
    moveRows,
  };
}
