import type { Message, ToolDefinition } from '../../dataset/sample.ts';
import type { ModelRequest } from '../../loop/requestKey.ts';
import type { Verdict } from '../../rounds/verdict.ts';
import { samplingSchema, type Sampling } from '../completionPort.ts';
import { asJson, type Answer } from './answer.ts';
import { builtInPrompts, promptDefinitions, type PromptSet } from './promptSet.ts';
import { headedTexts } from './reply.ts';
import { promptRequest, versionLabel } from './template.ts';

/**
 * The published protocol, for comparison with published numbers (looptool-spec.md 4.2 to 4.4): the label is always response 1,
 * one reply decides, in words instead of JSON, and those are looked for anywhere in the reply. The wording is ours, and so is
 * the form of the data: in the published one, a conversation could end the prompt.
 */
export function paperVersion(prompts: PromptSet = builtInPrompts): string {
  return versionLabel(prompts['judge.paper']);
}

/** Whether a vote is of the published protocol, whatever version of its prompt it answered. */
export function isPaperVersion(version: string): boolean {
  return version.startsWith('judge-paper-');
}

/** looptool-spec.md 4.3. */
const defaults = samplingSchema.parse({ temperature: 0, topP: 0.8, maxTokens: 5000 });

export function buildPaperRequest(parts: {
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
  readonly label: Answer;
  readonly prediction: Answer;
  readonly sampling?: Partial<Sampling>;
  readonly prompts?: PromptSet | undefined;
}): ModelRequest {
  const { prompts = builtInPrompts } = parts;
  const values = { task: 'compare', tools: asJson(parts.tools), conversation: asJson(parts.messages), answer_1: asJson(parts.label), answer_2: asJson(parts.prediction) };
  return promptRequest(promptDefinitions['judge.paper'], prompts['judge.paper'], values, { ...defaults, ...parts.sampling });
}

/** In the order in which the published code looks for them when it sets the final status. The words of our own prompt follow. */
const words: readonly (readonly [string, Verdict])[] = [
  ['RESPONSE1_INCORRECT', 'LABEL_WRONG'],
  ['RESPONSE2_INCORRECT', 'PRED_WRONG'],
  ['BOTH_CORRECT', 'BOTH_CORRECT'],
  ['BOTH_INCORRECT', 'BOTH_WRONG'],
  ['ANSWER_1_WRONG', 'LABEL_WRONG'],
  ['ANSWER_2_WRONG', 'PRED_WRONG'],
  ['BOTH_WRONG', 'BOTH_WRONG'],
];

export type PaperReply = { readonly verdict: Verdict; readonly analysis: string; readonly approach: string } | { readonly unparsed: string };

/** The first of the words that stands anywhere behind the last `</think>`, as published: a reply that weighs two is read by their order, not by its meaning. */
export function parsePaperReply(content: string): PaperReply {
  const text = content.split('</think>').at(-1) ?? '';
  const found = words.find(([word]) => text.includes(word));
  return found === undefined ? { unparsed: 'the answer has no verdict' } : { verdict: found[1], ...headedTexts(text) };
}
