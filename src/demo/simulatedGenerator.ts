import { readSections } from '../core/llm/prompts/sections.ts';
import type { Message } from '../core/dataset/sample.ts';
import type { JsonValue } from '../core/json/value.ts';
import { Rng } from '../core/random/rng.ts';
import type { ServedModel } from '../embedded/serving/servedModel.ts';
import { answerJson, parseAnswer, parseMessages, parseTools } from './answer.ts';
import { deriveRequest, type DerivedRequest } from './grammar.ts';
import { applies, corrupt, randomErrors } from './plantErrors.ts';
import { simulatedModel, type SimulatedSettings } from './simulatedModel.ts';
import { toolsByName } from './template.ts';
import { drawSample, type DemoLabel, type DemoSample } from './world.ts';

/** Shares of replies that are cut off, and that give the seed back. */
const malformedShare = 0.02;
const copyShare = 0.02;
const unknown = 'This simulated generator knows the demo world only; it has no variation of this conversation.';

/**
 * The demo's generator: it reads what the seed's conversation is about by the world's grammar and draws another request of that kind
 * about the same tools, worded as the training data (loop) or as nothing before (wide). Its errors are wrong answers to it.
 */
export function createSimulatedGenerator(settings: SimulatedSettings): ServedModel {
  return simulatedModel('simulated-generator', (text, seed) => generateReply(text, { ...settings, seed: settings.seed + seed }));
}

export function generateReply(userText: string, settings: SimulatedSettings): string {
  const sections = readSections(userText);
  const tools = parseTools(sections.get('Tools'));
  const messages = parseMessages(sections.get('Conversation'));
  const request = tools && messages ? deriveRequest(tools, messages) : undefined;
  if (!tools || !request) return unknown;
  const rng = new Rng('generate', settings.seed, userText);
  const fate = rng.next();
  const given = parseAnswer(sections.get('Correct answer'));
  if (fate < copyShare && given) return replyText(tools.map((tool) => tool.name), sections.get('Conversation') ?? [], given);
  const sample = drawVariation(request, tools.map((tool) => tool.name), rng);
  const answer = rng.chance(settings.errorRate) ? wrongAnswer(sample, rng) : sample.truth;
  const reply = replyText(sample.tools.map((tool) => tool.name), sample.messages, answer);
  return fate < copyShare + malformedShare ? reply.slice(0, Math.floor(reply.length * 0.7)) : reply;
}

/** A new sample of the seed's kind, about the seed's subject, over the seed's tools. */
function drawVariation(request: DerivedRequest, toolNames: readonly string[], rng: Rng): DemoSample {
  const shown = toolNames.flatMap((name) => toolsByName.get(name)?.noun ?? []);
  const { kind } = request;
  // A hidden request for two tools is varied as one for either of them.
  const subject = kind === 'hidden' ? [rng.pick(request.subject)] : request.subject;
  return drawSample({ wording: rng.pick(['loop', 'wide'] as const), side: 'known', kind, subject, shown: rng.shuffle(shown) }, rng);
}

function wrongAnswer(sample: DemoSample, rng: Rng): DemoLabel {
  return corrupt(sample, rng.pick(randomErrors.filter((error) => applies(error, sample))), rng);
}

function replyText(tools: readonly string[], messages: JsonValue | readonly Message[], answer: DemoLabel): string {
  return JSON.stringify({ tools, messages, answer: answerJson(answer) });
}
