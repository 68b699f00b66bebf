import type { ExpansionKind } from '../config/expansionKinds.ts';
import type { ProjectConfig } from '../config/projectConfig.ts';
import type { Label, ToolDefinition } from '../dataset/sample.ts';
import type { Variation } from '../llm/prompts/generate.ts';
import { Rng } from '../random/rng.ts';

/** In what an expansion differs from its seed, and what kind of sample it shall be. The generator is told both. */
export type VariationKind = { readonly name: string; readonly kind: ExpansionKind };
type Axis = { readonly instruction: string; readonly details: readonly string[]; readonly needsTools?: number };

const axes: Readonly<Record<string, Axis>> = {
  values: {
    instruction: 'Same kind of request with entirely different values: other names, places, dates, numbers and options. Choose values that are as easy to get wrong as those of the case.',
    details: ['Take rare but real names.', 'Take values near to each other, of which only one is meant.', 'Take long values of several words.', 'Take numbers and dates that can be read in two ways, and let the request say which is meant.', 'Take short, everyday values.'],
  },
  persona: {
    instruction: 'Another person with another goal, who needs the same kind of help.',
    details: ['A commuter in a hurry, on a phone.', 'A retired teacher who explains too much.', 'A developer who is testing an integration.', 'Somebody who plans for a whole family.', 'A manager who delegates in half sentences.', 'A student who is not sure of the words.', 'A volunteer who organises an event.', 'A customer who has asked before and is annoyed.', 'A shop owner with a precise list.', 'A traveller abroad.'],
  },
  style: {
    instruction: 'Another way of speaking with the assistant.',
    details: ['The needed values are spread over the message, with some context around them that does not matter.', 'Telegraphic: as few words as possible.', 'The goal is said and not the action.', 'The person corrects a value in mid-message; the last one counts.', 'Something said earlier in the conversation is referred to.', 'Polite and long.', 'With small slips of spelling in ordinary words, never in a value.', 'As a question.', 'As a list of facts and a wish at the end.'],
  },
  complexity: {
    instruction: 'Change what has to be filled in, with about the same difficulty.',
    details: ['Use other or more optional arguments.', 'Use fewer arguments than the case: say nothing of the optional ones.', 'Let one value follow from what is said: a sum, another unit, a day relative to a date that is given.', 'Use lists or nested objects where a tool takes them.'],
  },
  tools: {
    instruction: 'A request for other tools of the list, of about the same difficulty and with the same kind of trap.',
    details: ['Take a tool whose name or purpose is like that of the right one.', 'Take the tool of the list that is asked for least.', 'Take a tool with more arguments.'],
    needsTools: 2,
  },
  domain: {
    instruction: 'Another part of life in which the same tools serve.',
    details: ['Travel and transport.', 'Health and sports.', 'Work and offices.', 'School and research.', 'Shopping and money.', 'Home and family.', 'Food and events.', 'News, films and music.', 'Farming and weather.', 'Public administration.'],
  },
};

const kindInstructions: Readonly<Record<ExpansionKind, string>> = {
  same: '',
  single: 'This time a tool fits and everything that it needs is said. The right answer is one call.',
  parallel: 'The request wants two or more things that do not depend on each other. The right answer is all of their calls at once.',
  multiTurn: 'The conversation has gone on for a while: an earlier request was served by a call, its result is there, and the last message builds on it.',
  ask: 'One value that the tool requires is not said anywhere. The right answer is a text that asks for exactly this value.',
  decline: 'The tools shown cannot do what is asked: leave out the one that could, or ask for something that none of them does. The right answer is a text that says so.',
  recovery: 'The conversation ends with the result of a tool that says that the call before it failed. The right answer is the call put right, from what is known; where it cannot be, a text that says what is missing.',
};

type Weights = Readonly<Partial<Record<ExpansionKind, number>>>;

/** One in eight turns the case round; about the share of no-call rows in the paper's data (12.36 %). */
const defaultWeights: { readonly calls: Weights; readonly text: Weights } = {
  calls: { same: 18, ask: 1.5, decline: 1.5, parallel: 1, multiTurn: 1, recovery: 1 },
  text: { same: 21, single: 3 },
};

/**
 * The variations of a seed's k siblings: no two in the same respect before all are used, and kinds in the proportions of their
 * weights, drawn systematically, so that they come out over the seeds as exactly as they can. They depend on seed and sibling
 * alone, never on what was already asked.
 */
export function variationsFor(
  seed: { readonly id: string; readonly label: Label; readonly tools?: readonly ToolDefinition[] },
  k: number,
  labels: readonly (string | number)[],
  given?: ProjectConfig['expand']['kinds'],
): readonly VariationKind[] {
  const rng = new Rng(...labels, 'variations', seed.id);
  const known = seed.tools?.length ?? Infinity;
  const names = rng.shuffle(Object.keys(axes).filter((name) => known >= (axes[name]?.needsTools ?? 0)));
  const calls = seed.label.kind === 'calls' || seed.label.kind === 'anyCall';
  const kinds = systematic(given ?? defaultWeights[calls ? 'calls' : 'text'], k, rng.next());
  return kinds.map((kind, i) => ({ name: names[i % names.length] ?? 'values', kind }));
}

/** `k` kinds at even distances on the line of their weights, `start` (from 0 to 1) saying where the first one lies. */
function systematic(weights: Weights, k: number, start: number): readonly ExpansionKind[] {
  const entries = Object.entries(weights) as readonly (readonly [ExpansionKind, number])[]; // keys of the schema
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  return Array.from({ length: k }, (_, i) => {
    let left = ((i + start) / k) * total;
    for (const [kind, weight] of entries) {
      if (left < weight) return kind;
      left -= weight;
    }
    return entries.findLast(([, weight]) => weight > 0)?.[0] ?? 'same';
  });
}

/** What the generator is told. A repeated attempt gets another number, which makes it another request, and another detail. */
export function variationFor({ name, kind }: VariationKind, labels: readonly (string | number)[]): Variation {
  const rng = new Rng(...labels, 'variation');
  const seed = rng.u32() >>> 1;
  const axis = axes[name];
  const parts = [axis?.instruction ?? '', axis === undefined ? '' : rng.pick(axis.details), kindInstructions[kind]];
  return { name, kind, instruction: parts.filter((part) => part !== '').join(' '), seed };
}
