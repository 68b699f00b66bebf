import { extractPrediction } from '../core/toolcall/extract.ts';
import { matchPrediction } from '../core/toolcall/match.ts';
import { encodeSegments, END_OF_TURN } from '../embedded/chat/segments.ts';
import { renderSegments } from '../embedded/chat/template.ts';
import type { Team } from '../embedded/team.ts';
import type { ByteLevelBpe } from '../embedded/tokenizer/byteLevelBpe.ts';
import { compiledDemoTextKinds } from './textKinds.ts';
import type { DemoSample, SampleKind } from './world.ts';

export type Count = { readonly right: number; readonly of: number };
export type Accuracy = Count & { readonly byKind: Readonly<Partial<Record<SampleKind, Count>>> };

/** Longest answer that is waited for, in tokens; the longest right one of the world has about seventy. */
export const longestAnswer = 80;

export function promptIds(sample: Pick<DemoSample, 'messages' | 'tools'>, tokenizer: ByteLevelBpe): number[] {
  return encodeSegments(renderSegments(sample.messages, sample.tools), tokenizer);
}

/** Greedy answers of the team's model against the truth, by the project's own match. */
export async function measureAccuracy(team: Team, tokenizer: ByteLevelBpe, samples: readonly DemoSample[]): Promise<Accuracy> {
  const prompts = samples.map((sample) => promptIds(sample, tokenizer));
  const stop = tokenizer.id(END_OF_TURN);
  const { completions } = await team.rollout(prompts, { samples: 1, temperature: 0, maxNewTokens: longestAnswer, stop, seed: ['accuracy'] });
  const byKind: Partial<Record<SampleKind, Count>> = {};
  let right = 0;
  samples.forEach((sample, i) => {
    const answer = completions[i]?.[0];
    const text = tokenizer.decode((answer?.tokens ?? []).filter((token) => token !== stop));
    const prediction = extractPrediction(text, { finishReason: answer?.finished ? 'stop' : 'length', textKinds: compiledDemoTextKinds });
    const hit = matchPrediction(sample.truth, prediction, compiledDemoTextKinds).outcome === 'MATCH' ? 1 : 0;
    const before = byKind[sample.kind] ?? { right: 0, of: 0 };
    byKind[sample.kind] = { right: before.right + hit, of: before.of + 1 };
    right += hit;
  });
  return { right, of: samples.length, byKind };
}
