import type { Message, ToolDefinition } from '../../dataset/sample.ts';

export type PromptInput = {
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  /** Opens the turn of the answer; true when absent. */
  readonly addGenerationPrompt?: boolean;
  /** Text that the answer begins with, and is not asked for. */
  readonly continuation?: string;
};
