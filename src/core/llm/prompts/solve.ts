import type { Message, ToolDefinition } from '../../dataset/sample.ts';
import type { ModelRequest } from '../../loop/requestKey.ts';
import { extractPrediction } from '../../toolcall/extract.ts';
import { samplingSchema, type Sampling } from '../completionPort.ts';
import { asJson, type Answer } from './answer.ts';
import { readCalls } from './generatedParts.ts';
import { builtInPrompts, promptDefinitions, type PromptSet } from './promptSet.ts';
import { objectsInReply, withoutReasoning } from './reply.ts';
import { promptRequest } from './template.ts';

/** looptool-spec.md 10.2: as the judge. */
const defaults = samplingSchema.parse({ temperature: 0, maxTokens: 2048 });

export function buildSolveRequest(parts: { readonly tools: readonly ToolDefinition[]; readonly messages: readonly Message[]; readonly sampling?: Partial<Sampling>; readonly prompts?: PromptSet | undefined }): ModelRequest {
  const { prompts = builtInPrompts } = parts;
  const values = { task: 'solve', tools: asJson(parts.tools), conversation: asJson(parts.messages) };
  return promptRequest(promptDefinitions.solve, prompts.solve, values, { ...defaults, ...parts.sampling }, { jsonObject: true });
}

export type SolveReply = { readonly answer: Answer } | { readonly unparsed: string };

/** The answer in the form that was asked for; else calls in any syntax, or the text as it is. */
export function parseSolveReply(content: string): SolveReply {
  const text = withoutReasoning(content);
  if (text === undefined) return { unparsed: 'the reasoning was never closed, so there is no answer' };
  if (text === '') return { unparsed: 'the answer is empty' };
  const objects = objectsInReply(text).filter((object) => Object.hasOwn(object, 'calls') || Object.hasOwn(object, 'text'));
  if (objects.length > 1) return { unparsed: 'several answers in one reply' };
  const [object] = objects;
  if (object === undefined) return answerInText(text);
  const calls = object['calls'] === undefined || object['calls'] === null ? [] : readCalls(object['calls']);
  if (calls === undefined) return { unparsed: '"calls" is not a list of calls' };
  if (calls.length > 0) return { answer: { calls } };
  const said = object['text'];
  return typeof said === 'string' && said.trim() !== '' ? { answer: { text: said.trim() } } : { unparsed: 'neither calls nor a text' };
}

function answerInText(text: string): SolveReply {
  const prediction = extractPrediction(text);
  if (prediction.kind === 'CALL') return { answer: { calls: prediction.calls } };
  if (prediction.kind === 'INVALID' || prediction.kind === 'TRUNCATED' || prediction.kind === 'EMPTY') return { unparsed: prediction.warnings[0] ?? 'the calls cannot be read' };
  return { answer: { text: prediction.text } };
}
