import type { Label } from '../dataset/sample.ts';
import type { Variation } from '../llm/prompts/generate.ts';
import { Rng } from '../random/rng.ts';

/** How an expansion differs from its seed. The generator is told name and instruction; both go into the journal's request. */
type VariationKind = { readonly name: string; readonly instruction: string };

/** Each keeps the kind of answer: calls stay calls, a text that asks stays one. */
const sameAnswer: readonly VariationKind[] = [
  { name: 'values', instruction: 'Same kind of request with entirely different values: other names, places, dates, numbers and options. Choose values that are as easy to get wrong as those of the case.' },
  { name: 'persona', instruction: 'Another person with another goal and another way of speaking (hurried, formal, chatty, unsure), who needs the same kind of help.' },
  { name: 'phrasing', instruction: 'The request is put indirectly: the needed values are spread over the message, with some context around them that does not matter.' },
  { name: 'complexity', instruction: 'Change what has to be filled in: use other or more optional arguments, or other tools of the list, with about the same difficulty.' },
];

/** Each turns the case round, so that a policy does not learn to call whenever it sees the tool, or to hold back whenever it sees the trap. */
const toText: readonly VariationKind[] = [
  { name: 'ask', instruction: 'A request like the one of the case, but one value that the tool requires is not said anywhere. The right answer is a text that asks for exactly this value.' },
  { name: 'decline', instruction: 'A request like the one of the case, but the tools shown cannot do it: leave out the one that could. The right answer is a text that says so.' },
];
const toCall: readonly VariationKind[] = [
  { name: 'call', instruction: 'A request like the one of the case, but this time a tool fits and everything that it needs is said. The right answer is the call.' },
];

/** Share of siblings that turn the case round; about the share of no-call rows in the paper's data (12.36 %). */
const contrastShare = 1 / 8;

/**
 * The variations of a seed's k siblings: no two alike before all of a kind are used, and now and then the last one turned
 * round. They depend on seed and sibling alone, never on what was already asked.
 */
export function variationsFor(seed: { readonly id: string; readonly label: Label }, k: number, labels: readonly (string | number)[]): readonly VariationKind[] {
  const rng = new Rng(...labels, 'variations', seed.id);
  const order = rng.shuffle(sameAnswer);
  const kinds = Array.from({ length: k }, (_, i) => order[i % order.length]).filter((kind) => kind !== undefined);
  const contrasts = seed.label.kind === 'calls' || seed.label.kind === 'anyCall' ? toText : toCall;
  // k siblings want k/8 turned round; the fraction is drawn.
  const turned = Math.floor(k * contrastShare + rng.next());
  return kinds.map((kind, i) => (i >= k - turned ? rng.pick(contrasts) : kind));
}

/** A repeated attempt gets another number, which makes it another request. */
export function variationFor(kind: VariationKind, labels: readonly (string | number)[]): Variation {
  return { ...kind, seed: new Rng(...labels, 'variation').u32() >>> 1 };
}
