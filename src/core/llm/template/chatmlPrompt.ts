import { chatmlTurns } from '../../dataset/reading/chatml.ts';
import { filledInstruction } from '../../dataset/reading/toolInstruction.ts';
import type { PromptInput } from './promptInput.ts';

/**
 * The prompt that training on LoopTool rows makes: the row's instruction, with the tools in it, as the system turn, then the
 * turns of its input. What is trained on and what is asked are the same text to the letter.
 */
export function chatmlPrompt({ messages, tools, addGenerationPrompt = true, continuation = '' }: PromptInput, closedReasoning: boolean): string {
  const [first, ...others] = messages;
  const turns = first?.role === 'system' ? others : messages;
  const system = tools.length > 0 ? filledInstruction(messages, tools).text : first?.role === 'system' ? first.content : undefined;
  const head = system === undefined ? '' : `<|im_start|>system\n${system}<|im_end|>\n`;
  const opening = addGenerationPrompt ? `<|im_start|>assistant\n${closedReasoning ? '<think>\n\n</think>\n\n' : ''}` : '';
  return head + chatmlTurns(turns) + opening + continuation;
}
