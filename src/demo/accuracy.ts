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

/** Whether each greedy answer of the team's model is right, by the project's own match with the truth. */
export async function answeredRight(team: Team, tokenizer: ByteLevelBpe, samples: readonly DemoSample[]): Promise<readonly boolean[]> {
  const prompts = samples.map((sample) => promptIds(sample, tokenizer));
  const stop = tokenizer.id(END_OF_TURN);
  const { completions } = await team.rollout(prompts, { samples: 1, temperature: 0, maxNewTokens: longestAnswer, stop, seed: ['accuracy'] });
  return samples.map((sample, i) => {
    const answer = completions[i]?.[0];
    const text = tokenizer.decode((answer?.tokens ?? []).filter((token) => token !== stop));
    const prediction = extractPrediction(text, { finishReason: answer?.finished ? 'stop' : 'length', textKinds: compiledDemoTextKinds });
    return matchPrediction(sample.truth, prediction, compiledDemoTextKinds).outcome === 'MATCH';
  });
}

export async function measureAccuracy(team: Team, tokenizer: ByteLevelBpe, samples: readonly DemoSample[]): Promise<Accuracy> {
  const right = await answeredRight(team, tokenizer, samples);
  const byKind: Partial<Record<SampleKind, Count>> = {};
  samples.forEach(({ kind }, i) => {
    const before = byKind[kind] ?? { right: 0, of: 0 };
    byKind[kind] = { right: before.right + (right[i] ? 1 : 0), of: before.of + 1 };
  });
  return { right: right.filter(Boolean).length, of: samples.length, byKind };
}
