import { Rng } from '../core/random/rng.ts';
import { SPECIAL_TOKENS } from '../embedded/chat/segments.ts';
import { renderAnswer, renderPrompt, renderTools } from '../embedded/chat/template.ts';
import type { ModelConfig } from '../embedded/model/config.ts';
import type { ByteLevelBpe } from '../embedded/tokenizer/byteLevelBpe.ts';
import { trainBpe } from '../embedded/tokenizer/trainBpe.ts';
import { wordings } from './catalogue/toolSpec.ts';
import { drawPretrainBatch } from './pretrainData.ts';
import { valueWords } from './values.ts';
import { drawKind, drawSample, kindShares } from './world.ts';

const vocabularySize = 896;
const textsPerWording = 3000;
const toolBlockBatches = 100;

/** 1.1 million parameters; the embedding is tied. */
export const demoModelConfig: ModelConfig = {
  vocab: vocabularySize, dim: 128, layers: 5, heads: 4, kvHeads: 2, ffn: 384, context: 2048, ropeBase: 10000, eps: Math.fround(1e-5),
};

/** The demo's tokeniser: trained on every wording with known values, and on blocks of tools under their other names. */
export function trainDemoTokenizer(): ByteLevelBpe {
  const rng = new Rng('tokenizer');
  const texts: string[] = [];
  for (const wording of wordings) {
    for (let i = 0; i < textsPerWording; i++) {
      const sample = drawSample({ wording, side: 'known', kind: drawKind(kindShares, rng) }, rng);
      texts.push(renderPrompt(sample.messages, sample.tools) + renderAnswer(sample.truth));
    }
  }
  for (let batch = 0; batch < toolBlockBatches; batch++) {
    for (const [first] of drawPretrainBatch(-1, batch, 8, 4)) if (first) texts.push(renderTools(first.tools));
  }
  return trainBpe({ texts, valueWords: valueWords(), size: vocabularySize, specials: SPECIAL_TOKENS });
}
