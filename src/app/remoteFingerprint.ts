import { LoopToolError } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import { replyText } from '../core/loop/journalEntry.ts';
import { fingerprintPrompts } from '../core/llm/fingerprintPrompts.ts';
import { samplingSchema, type CompletionPort } from '../core/llm/completionPort.ts';
import { FailureGuard } from './failureGuard.ts';

/**
 * What stands for the weights of a model that cannot be looked into: its greedy answers to three fixed prompts.
 * Equal answers before and after a training mean that the old weights still answer (inference.md 2.7).
 */
export async function remoteFingerprint(port: CompletionPort, signal: AbortSignal): Promise<string> {
  const guard = new FailureGuard('policy', port);
  const answers: string[] = [];
  for (const content of fingerprintPrompts) {
    const outcome = await port.complete({ messages: [{ role: 'user', content }], tools: [], sampling: samplingSchema.parse({ temperature: 0, maxTokens: 16 }), logProbs: false }, signal);
    if (!outcome.ok) {
      guard.failed(outcome.failure);
      const { model, host } = port.description;
      throw new LoopToolError('endpoint-refused', `The policy endpoint (${model} at ${host}) does not answer a plain question: ${outcome.failure.message}. Check it, then run the command again.`);
    }
    answers.push(replyText(outcome.reply));
  }
  return `sha256:${sha256Hex(JSON.stringify(answers))}`;
}
