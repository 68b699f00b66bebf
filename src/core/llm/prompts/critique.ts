import type { Message, ToolDefinition } from '../../dataset/sample.ts';
import type { ModelRequest } from '../../loop/requestKey.ts';
import { samplingSchema, type Sampling } from '../completionPort.ts';
import { asJson, type Answer } from './answer.ts';
import { builtInPrompts, promptDefinitions, type PromptSet } from './promptSet.ts';
import { anchoredWord, headedTexts, objectsInReply, textMember, withoutReasoning } from './reply.ts';
import { promptRequest } from './template.ts';

export const critiqueWords = ['CORRECT', 'INCORRECT'] as const;
export type CritiqueWord = (typeof critiqueWords)[number];

const replySchema = {
  name: 'critique',
  schema: {
    type: 'object',
    properties: { verdict: { type: 'string', enum: [...critiqueWords] }, error_analysis: { type: 'string' } },
    required: ['verdict', 'error_analysis'],
    additionalProperties: false,
  },
} as const;

/** looptool-spec.md 5.6 and 10.2. */
const defaults = samplingSchema.parse({ temperature: 0, maxTokens: 2048 });

export function buildCritiqueRequest(parts: {
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
  readonly answer: Answer;
  readonly sampling?: Partial<Sampling>;
  readonly prompts?: PromptSet | undefined;
}): ModelRequest {
  const { prompts = builtInPrompts } = parts;
  const values = { task: 'critique', tools: asJson(parts.tools), conversation: asJson(parts.messages), answer: asJson(parts.answer) };
  return promptRequest(promptDefinitions.critique, prompts.critique, values, { ...defaults, ...parts.sampling }, { jsonSchema: replySchema });
}

export type CritiqueReply = { readonly word: CritiqueWord; readonly analysis: string } | { readonly unparsed: string };

/** Read like a judge's reply. INCORRECT is never mistaken for the CORRECT inside of it. */
export function parseCritiqueReply(content: string): CritiqueReply {
  const text = withoutReasoning(content);
  if (text === undefined) return { unparsed: 'the reasoning was never closed, so there is no answer' };
  if (text === '') return { unparsed: 'the answer is empty' };
  const judged = objectsInReply(text).flatMap((object) => {
    const word = critiqueWord(textMember(object, 'verdict').toUpperCase());
    return word === undefined ? [] : [{ word, analysis: textMember(object, 'error_analysis') }];
  });
  const [first] = judged;
  if (first !== undefined) return judged.every(({ word }) => word === first.word) ? first : { unparsed: 'the answer gives several verdicts' };
  const word = critiqueWord(anchoredWord(text, critiqueWords));
  return word === undefined ? { unparsed: 'the answer has no verdict' } : { word, analysis: headedTexts(text).analysis };
}

function critiqueWord(word: string | undefined): CritiqueWord | undefined {
  return critiqueWords.find((known) => known === word);
}
