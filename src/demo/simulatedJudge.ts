import { readSections } from '../core/llm/prompts/sections.ts';
import { canonicalJson } from '../core/json/stringify.ts';
import type { JsonValue } from '../core/json/value.ts';
import { Rng } from '../core/random/rng.ts';
import type { ServedModel } from '../embedded/serving/servedModel.ts';
import { answerJson, describeError, parseAnswer, parseMessages, parseTools, sameAnswer } from './answer.ts';
import { deriveRequest, type DerivedRequest } from './grammar.ts';
import { applies, corrupt, randomErrors } from './plantErrors.ts';
import { simulatedModel, type SimulatedSettings } from './simulatedModel.ts';
import type { DemoLabel, DemoSample } from './world.ts';

/** Which of two answers is right. */
type Finding = { readonly first: boolean; readonly second: boolean };

/** Share of replies without a verdict in them. */
const unparsableShare = 0.01;
const prose = 'Both answers have something for them, and I would rather not commit myself to a verdict here.';
const unknown = 'This simulated judge knows the demo world only; it cannot judge this conversation.';

/**
 * The demo's judge: it derives the right answer from the conversation by the world's grammar, and errs at a set rate. Half of its
 * errors misread the conversation, the same way in whichever order the answers stand; the others are slips of one reply, and so is
 * the preference for the first answer.
 */
export function createSimulatedJudge(settings: SimulatedSettings): ServedModel {
  return simulatedModel('simulated-judge', (text, seed) => judgeReply(text, settings, seed));
}

/** `draw` names one of many replies to the same prompt: slips differ between them, misreadings do not. */
export function judgeReply(userText: string, settings: SimulatedSettings, draw = 0): string {
  const sections = readSections(userText);
  const tools = parseTools(sections.get('Tools'));
  const messages = parseMessages(sections.get('Conversation'));
  if (!tools || !messages) return unknown;
  const request = deriveRequest(tools, messages);
  if (!request) return unknown;
  const right = request.answer;
  const rng = new Rng('judge', settings.seed + draw, userText);
  if (rng.chance(unparsableShare)) return prose;
  const conversation = canonicalJson([sections.get('Tools') ?? null, sections.get('Conversation') ?? null]);
  if (sections.get('Task') === 'solve') return solution({ ...request, tools, messages }, settings, rng);
  if (sections.get('Task') === 'critique') return critique(sections.get('Answer'), right, settings, rng);
  const [first, second] = [parseAnswer(sections.get('Answer 1')), parseAnswer(sections.get('Answer 2'))];
  return compareAnswers(right, first, second, conversation, settings, rng);
}

/** The judge's own answer: the right one, or one with an error as a careless labeller makes them. */
function solution(request: DerivedRequest & Pick<DemoSample, 'tools' | 'messages'>, settings: SimulatedSettings, rng: Rng): string {
  const { answer, ...rest } = request;
  if (!rng.chance(settings.errorRate)) return JSON.stringify(answerJson(answer));
  const sample: DemoSample = { ...rest, wording: 'loop', truth: answer };
  const errors = randomErrors.filter((error) => applies(error, sample) && (error !== 'wrongTool' || sample.tools.length > 1));
  return JSON.stringify(answerJson(errors.length === 0 ? answer : corrupt(sample, rng.pick(errors), rng)));
}

/** An answer that is no answer is wrong. */
const isRight = (right: DemoLabel, answer: DemoLabel | undefined): boolean => answer !== undefined && sameAnswer(right, answer);

function critique(value: JsonValue | undefined, right: DemoLabel, settings: SimulatedSettings, rng: Rng): string {
  const answer = parseAnswer(value);
  const correct = isRight(right, answer) !== rng.chance(settings.errorRate);
  const analysis = correct ? 'The answer does what the request asks.' : explain('The answer', right, answer, false);
  return JSON.stringify({ verdict: correct ? 'CORRECT' : 'INCORRECT', error_analysis: analysis });
}

function compareAnswers(
  right: DemoLabel, first: DemoLabel | undefined, second: DemoLabel | undefined, conversation: string, settings: SimulatedSettings, rng: Rng,
): string {
  let finding: Finding = { first: isRight(right, first), second: isRight(right, second) };
  const keyOf = (answer: DemoLabel | undefined): string => (answer ? canonicalJson(answerJson(answer)) : '');
  const turned = keyOf(first) > keyOf(second);
  const misreading = new Rng('misread', settings.seed, conversation, ...[keyOf(first), keyOf(second)].sort());
  if (misreading.chance(settings.errorRate / 2)) finding = turnRound(otherFinding(turnRound(finding, turned), misreading), turned);
  else if (rng.chance(settings.errorRate / 2)) finding = otherFinding(finding, rng);
  if (rng.chance(settings.positionBias)) finding = { first: true, second: false };
  const verdict = finding.first ? (finding.second ? 'BOTH_CORRECT' : 'ANSWER_2_WRONG') : finding.second ? 'ANSWER_1_WRONG' : 'BOTH_WRONG';
  const analysis = `${explain('Answer 1', right, first, finding.first)} ${explain('Answer 2', right, second, finding.second)}`;
  return JSON.stringify({ verdict, error_analysis: analysis, correct_approach: approach(finding, right, first, second) });
}

const turnRound = (finding: Finding, turn: boolean): Finding => (turn ? { first: finding.second, second: finding.first } : finding);

function otherFinding(finding: Finding, rng: Rng): Finding {
  const all: readonly Finding[] = [true, false].flatMap((first) => [true, false].map((second) => ({ first, second })));
  return rng.pick(all.filter((other) => other.first !== finding.first || other.second !== finding.second));
}

/** What the judge says of an answer that it holds for right or wrong; when it errs, it has no true reason to give. */
function explain(name: string, right: DemoLabel, answer: DemoLabel | undefined, heldRight: boolean): string {
  if (heldRight) return `${name} does what the request asks.`;
  if (!answer) return `${name} is neither calls nor text.`;
  return sameAnswer(right, answer) ? `${name} does not do what the request asks.` : `${name} is wrong: ${describeError(right, answer)}.`;
}

/** The answer that the judge believes in. */
function approach(finding: Finding, right: DemoLabel, first: DemoLabel | undefined, second: DemoLabel | undefined): string {
  const believed = (finding.first ? first : finding.second ? second : undefined) ?? right;
  return believed.kind === 'text' ? `Say "${believed.text}".` : `Call ${believed.calls.map((call) => `${call.name} with ${JSON.stringify(call.arguments)}`).join(', then ')}.`;
}
