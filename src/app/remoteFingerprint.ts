import { LoopToolError } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import { replyText } from '../core/loop/journalEntry.ts';
import { fingerprintPrompts } from '../core/llm/fingerprintPrompts.ts';
import { samplingSchema, type CompletionPort } from '../core/llm/completionPort.ts';
import { FailureGuard } from './failureGuard.ts';

/** Sums of log-probabilities of one answer differ by this much between two askings of the same weights: batches and caches round otherwise. */
const noise = 0.01;
const mark = ' log-probs ';

/**
 * What stands for the weights of a model that cannot be looked into: its greedy answers to three fixed prompts, and how sure
 * it was of each, where the server says so: a short training changes no word of them. See `sameWeights`.
 */
export async function remoteFingerprint(port: CompletionPort, signal: AbortSignal): Promise<string> {
  const guard = new FailureGuard('policy', port);
  const answers: string[] = [];
  const sums: number[] = [];
  for (const content of fingerprintPrompts) {
    const outcome = await port.complete({ messages: [{ role: 'user', content }], tools: [], sampling: samplingSchema.parse({ temperature: 0, maxTokens: 16 }), logProbs: true }, signal);
    if (!outcome.ok) {
      guard.failed(outcome.failure);
      const { model, host } = port.description;
      throw new LoopToolError('endpoint-refused', `The policy endpoint (${model} at ${host}) does not answer a plain question: ${outcome.failure.message}. Check it, then run the command again.`);
    }
    answers.push(replyText(outcome.reply));
    if (outcome.reply.logProbs) sums.push(outcome.reply.logProbs.reduce((sum, logProb) => sum + logProb, 0));
  }
  const texts = `sha256:${sha256Hex(JSON.stringify(answers))}`;
  return sums.length === answers.length ? `${texts}${mark}${sums.map((sum) => sum.toFixed(4)).join(' ')}` : texts;
}

/** Whether two fingerprints are of the same weights, as far as they can tell: equal answers, given with equal confidence. */
export function sameWeights(a: string, b: string): boolean {
  const [[textsA, sumsA], [textsB, sumsB]] = [a.split(mark), b.split(mark)];
  if (textsA !== textsB) return false;
  if (sumsA === undefined || sumsB === undefined) return true;
  const others = sumsB.split(' ').map(Number);
  return sumsA.split(' ').every((sum, index) => Math.abs(Number(sum) - (others[index] ?? Infinity)) <= noise);
}
