import * as z from 'zod';
import type { ExpansionKind } from '../../config/expansionKinds.ts';
import type { Message, ToolDefinition } from '../../dataset/sample.ts';
import { parseJson } from '../../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { ModelRequest } from '../../loop/requestKey.ts';
import { samplingSchema, type Sampling } from '../completionPort.ts';
import { asJson, type Answer } from './answer.ts';
import { hasDialogueMarks, parseDialogueReply } from './dialogueReply.ts';
import { readAnswer, readMessages } from './generatedParts.ts';
import { builtInPrompts, promptDefinitions, type PromptSet } from './promptSet.ts';
import { objectsInReply, withoutReasoning } from './reply.ts';
import { promptRequest } from './template.ts';

/** How one sibling is to differ from its seed. `seed` makes repeated requests differ, also for a generator without sampling. */
export type Variation = { readonly name: string; readonly kind: ExpansionKind; readonly instruction: string; readonly seed: number };

/** looptool-spec.md 10.2. */
const defaults = samplingSchema.parse({ temperature: 1, topP: 0.9, topK: 20, presencePenalty: 1.2, maxTokens: 8192 });

export function buildGenerateRequest(parts: {
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
  readonly correct: Answer;
  readonly wrong: Answer;
  readonly analysis: string;
  readonly variation: Variation;
  readonly sampling?: Partial<Sampling>;
  readonly prompts?: PromptSet | undefined;
}): ModelRequest {
  const { variation, prompts = builtInPrompts } = parts;
  const values = {
    task: 'generate',
    tools: asJson(parts.tools),
    conversation: asJson(parts.messages),
    correct_answer: asJson(parts.correct),
    wrong_answer: asJson(parts.wrong),
    error_analysis: parts.analysis,
    variation,
  };
  return promptRequest(promptDefinitions.generate, prompts.generate, values, { ...defaults, ...parts.sampling, seed: variation.seed }, { jsonObject: true });
}

export type GeneratedSample = {
  readonly messages: readonly Message[];
  readonly answer: Answer;
  /** Names of the tools to show; all of the seed's when undefined. */
  readonly tools: readonly string[] | undefined;
};
export type GenerateReply = { readonly ok: true; readonly sample: GeneratedSample } | { readonly ok: false; readonly reason: string };

/** A reply has to hold exactly one sample: which of several was meant cannot be known. The published format is understood too. */
export function parseGenerateReply(content: string): GenerateReply {
  const text = withoutReasoning(content);
  if (text === undefined) return failure('the reasoning was never closed, so there is no sample');
  const candidates = samplesInReply(text);
  const [object] = candidates;
  if (object === undefined) return hasDialogueMarks(text) ? dialogueSample(text) : failure('no JSON object with "messages" and "answer"');
  if (candidates.length > 1) return failure('several samples in one reply');
  const tools = toolNames(object['tools']);
  if (tools === 'invalid') return failure('"tools" is not a list of names');
  const messages = readMessages(object['messages']);
  if (messages === undefined) return failure('"messages" is not a list of messages');
  const answer = readAnswer(object['answer']);
  if (answer === undefined) return failure('"answer" is neither {"calls": […]} nor {"text": "…"}');
  return { ok: true, sample: { messages, answer, tools } };
}

/** A list of samples is one reply with several, or with one. */
function samplesInReply(text: string): readonly JsonObject[] {
  const whole = parseJson(text);
  const objects = whole.ok && Array.isArray(whole.value) ? (whole.value as readonly JsonValue[]).filter((item) => isJsonObject(item)) : objectsInReply(text);
  return objects.filter((object) => Object.hasOwn(object, 'messages') && Object.hasOwn(object, 'answer'));
}

function dialogueSample(text: string): GenerateReply {
  const read = parseDialogueReply(text);
  return 'fault' in read ? failure(read.fault) : { ok: true, sample: { ...read, tools: undefined } };
}

function failure(reason: string): GenerateReply {
  return { ok: false, reason };
}

function toolNames(value: JsonValue | undefined): readonly string[] | undefined | 'invalid' {
  if (value === undefined || value === null) return undefined;
  const names = z.array(z.string()).safeParse(value);
  return names.success ? [...new Set(names.data)] : 'invalid';
}
