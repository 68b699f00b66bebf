import type { ReferenceAnswer } from './embeddedReference.ts';

/** A token that the server wrote. `top`: its own likeliest at that place, where it was asked for them. */
export type ServerToken = { readonly text: string; readonly logProb: number; readonly top?: readonly { readonly text: string; readonly logProb: number }[] };

/**
 * Two likeliest tokens closer than this (natural logarithm) may come out either way: half of it is how far the two
 * engines' log-probabilities may lie apart.
 */
export const nearTie = 0.06;
export const logProbBound = { any: 3e-2, likely: 1e-3 } as const;

/** Where two answers part: the first token that differs, by the reference's log-probabilities and by the server's. */
export type Parting = { readonly place: number; readonly gap: number; readonly text: string };

/** The largest differences of log-probabilities: of any token, and of those with p > 0.5 by either engine. */
export class WorstLogProbs {
  tokens = 0;
  likelyTokens = 0;
  any = 0;
  likely = 0;
  /** Of the likely ones, for what lies beyond the bound. */
  worst = '';

  add(text: string, reference: number, server: number): void {
    const difference = Math.abs(reference - server);
    this.tokens += 1;
    this.any = Math.max(this.any, difference);
    if (Math.max(reference, server) <= Math.log(0.5)) return;
    this.likelyTokens += 1;
    if (difference > this.likely) this.worst = `${JSON.stringify(text)} p = ${Math.exp(reference).toFixed(4)}`;
    this.likely = Math.max(this.likely, difference);
  }

  /** `likely`: the tighter bound too, which half precision does not keep. */
  within(bounds: 'any' | 'likely'): boolean {
    return this.any <= logProbBound.any && (bounds === 'any' || this.likely <= logProbBound.likely);
  }

  toString(): string {
    return `worst ${this.any.toExponential(1)} of ${this.tokens} tokens, ${this.likely.toExponential(1)} of ${this.likelyTokens} with p > 0.5`;
  }
}

/** Compares token by token up to where the answers part; undefined where they do not. */
export function compareAnswer(reference: ReferenceAnswer, server: readonly ServerToken[], worst: WorstLogProbs): Parting | undefined {
  const length = Math.max(reference.tokens.length, server.length);
  for (let place = 0; place < length; place += 1) {
    const [expected, written] = [reference.tokens[place], server[place]];
    if (expected !== undefined && written !== undefined && expected.text === written.text) {
      worst.add(expected.text, expected.logProb, written.logProb);
      continue;
    }
    return parting(place, reference, server);
  }
  return undefined;
}

function parting(place: number, reference: ReferenceAnswer, server: readonly ServerToken[]): Parting {
  const [expected, written] = [reference.tokens[place], server[place]];
  // Behind the last token there is the end of the turn, of which neither tells a log-probability of its own.
  const other = expected?.top.find(({ text }) => text === (written?.text ?? '<|im_end|>'));
  const back = written?.top?.find(({ text }) => text === (expected?.text ?? ''));
  const gap = expected !== undefined && other !== undefined ? expected.logProb - other.logProb : written !== undefined && back !== undefined ? written.logProb - back.logProb : Infinity;
  const show = (token: { readonly text: string; readonly logProb: number } | undefined): string => (token === undefined ? 'the end' : `${JSON.stringify(token.text)} ${token.logProb.toFixed(4)}`);
  const text = `token ${place + 1}: embedded ${show(expected)} (other: ${show(other)}), server ${show(written)} (other: ${show(back)})`;
  return { place, gap, text };
}

/** Tells near ties from what must not be. */
export function isNearTie({ gap }: Parting): boolean {
  return gap < nearTie;
}
