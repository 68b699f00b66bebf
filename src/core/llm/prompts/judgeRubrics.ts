import type { Answer } from './answer.ts';
import type { JudgePromptName } from './promptSet.ts';

/** What the two answers are: both call, one calls and one is text, or both are text. Each has a prompt with criteria of its own. */
export function rubricOf(first: Answer, second: Answer): JudgePromptName {
  if ('calls' in first) return 'calls' in second ? 'judge.calls' : 'judge.mixed';
  return 'calls' in second ? 'judge.mixed' : 'judge.texts';
}
