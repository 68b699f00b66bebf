import type { Message, ToolDefinition } from '../../dataset/sample.ts';
import { sha256Hex } from '../../hash.ts';
import { canonicalJson } from '../../json/stringify.ts';
import type { JsonObject } from '../../json/value.ts';
import type { ModelRequest } from '../../loop/requestKey.ts';
import type { Verdict } from '../../rounds/verdict.ts';
import { samplingSchema, type Sampling } from '../completionPort.ts';
import { asJson, type Answer } from './answer.ts';
import { rubricOf } from './judgeRubrics.ts';
import { builtInPrompts, judgeLabel, promptDefinitions, type PromptSet } from './promptSet.ts';
import { anchoredWord, headedTexts, objectsInReply, textMember, withoutReasoning } from './reply.ts';
import { promptRequest } from './template.ts';

export const judgeWords = ['ANSWER_1_WRONG', 'ANSWER_2_WRONG', 'BOTH_CORRECT', 'BOTH_WRONG'] as const;
export type JudgeWord = (typeof judgeWords)[number];

/** LP: the label is answer 1. */
export type AnswerOrder = 'LP' | 'PL';

/** A case that a person decided, as the judge is shown it. */
export type JudgeExample = {
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
  readonly first: Answer;
  readonly second: Answer;
  readonly word: JudgeWord;
};

/** Goes into the journal with every vote. Two prompts are one version only when they show the same examples: `judge-2+3.1f0c9a2e` names three of them by their hash. */
export function promptVersion(examples: readonly JudgeExample[], prompts: PromptSet = builtInPrompts): string {
  const label = judgeLabel(prompts);
  if (examples.length === 0) return label;
  return `${label}+${examples.length}.${sha256Hex(canonicalJson(examples.map(exampleJson))).slice(0, 8)}`;
}

function exampleJson({ tools, messages, first, second, word }: JudgeExample): JsonObject {
  return { tools: asJson(tools), conversation: asJson(messages), answer_1: asJson(first), answer_2: asJson(second), verdict: word };
}

const replySchema = {
  name: 'verdict',
  schema: {
    type: 'object',
    properties: { verdict: { type: 'string', enum: [...judgeWords] }, error_analysis: { type: 'string' }, correct_approach: { type: 'string' } },
    required: ['verdict', 'error_analysis', 'correct_approach'],
    additionalProperties: false,
  },
} as const;

/** Defaults of looptool-spec.md 10.2: greedy, with room for a judge that thinks. */
const defaults = samplingSchema.parse({ temperature: 0, maxTokens: 5000 });

export function buildJudgeRequest(parts: {
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
  readonly first: Answer;
  readonly second: Answer;
  readonly examples?: readonly JudgeExample[];
  /** What the endpoint's configuration sets otherwise. */
  readonly sampling?: Partial<Sampling>;
  readonly prompts?: PromptSet | undefined;
}): ModelRequest {
  const { first, second, examples = [] } = parts;
  const { prompts = builtInPrompts } = parts;
  const rubric = rubricOf(first, second);
  const values = {
    task: 'compare',
    examples: examples.length === 0 ? undefined : examples.map(exampleJson),
    tools: asJson(parts.tools),
    conversation: asJson(parts.messages),
    answer_1: asJson(first),
    answer_2: asJson(second),
    examples_note: examples.length > 0,
  };
  return promptRequest(promptDefinitions[rubric], prompts[rubric], values, { ...defaults, ...parts.sampling }, { jsonSchema: replySchema });
}

export type JudgeReply = { readonly word: JudgeWord; readonly analysis: string; readonly approach: string } | { readonly unparsed: string };

/** JSON first, then a fenced or embedded object, then a verdict word at the start of the answer; the paper's words are understood too. Never throws. */
export function parseJudgeReply(content: string): JudgeReply {
  const text = withoutReasoning(content);
  if (text === undefined) return { unparsed: 'the reasoning was never closed, so there is no answer' };
  if (text === '') return { unparsed: 'the answer is empty' };
  const judged = objectsInReply(text).flatMap((object) => {
    const word = judgeWord(textMember(object, 'verdict').replace(/^\[|\]\.?$/gu, '').toUpperCase());
    return word === undefined ? [] : [{ word, analysis: textMember(object, 'error_analysis'), approach: textMember(object, 'correct_approach') }];
  });
  const [first] = judged;
  if (first !== undefined) return judged.every(({ word }) => word === first.word) ? first : { unparsed: 'the answer gives several verdicts' };
  const word = judgeWord(anchoredWord(text, wordsUnderstood));
  return word === undefined ? { unparsed: 'the answer has no verdict' } : { word, ...headedTexts(text) };
}

const wordsOfThePaper: Readonly<Record<string, JudgeWord>> = {
  RESPONSE1_INCORRECT: 'ANSWER_1_WRONG',
  RESPONSE2_INCORRECT: 'ANSWER_2_WRONG',
  BOTH_INCORRECT: 'BOTH_WRONG',
};
const wordsUnderstood: readonly string[] = [...judgeWords, ...Object.keys(wordsOfThePaper)];

function judgeWord(word: string | undefined): JudgeWord | undefined {
  return judgeWords.find((known) => known === word) ?? (word === undefined ? undefined : wordsOfThePaper[word]);
}

/** What the judge's word means for label and prediction, by the order in which they were shown. */
export function verdictOf(word: JudgeWord, order: AnswerOrder): Verdict {
  if (word === 'BOTH_CORRECT' || word === 'BOTH_WRONG') return word;
  return (word === 'ANSWER_1_WRONG') === (order === 'LP') ? 'LABEL_WRONG' : 'PRED_WRONG';
}

/** The word that stands for a verdict in this order; the reverse of `verdictOf`. */
export function wordOf(verdict: Verdict, order: AnswerOrder): JudgeWord {
  if (verdict === 'BOTH_CORRECT' || verdict === 'BOTH_WRONG') return verdict;
  return (verdict === 'LABEL_WRONG') === (order === 'LP') ? 'ANSWER_1_WRONG' : 'ANSWER_2_WRONG';
}
