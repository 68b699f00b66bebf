import { sha256Hex } from '../hash.ts';
import { foldVerify, isComplete } from '../rounds/fold.ts';
import type { VerifyEntry, VoteEntry } from '../rounds/journalEntries.ts';
import type { Decision } from '../review/decision.ts';
import { thirdOrder, wantsThird } from './consensus.ts';
import { planVote, voteKey, type VerifyCase, type VerifyContext, type VoteAsk } from './jglv.ts';
import { knownSides, supposedVerdict } from './judgement.ts';
import { requestKey } from './requestKey.ts';

/** Where the same judge is asked once more it has to draw: greedy, it would say the same as before. */
const temperature = 0.7;

export type ThirdVotePlan = {
  readonly votes: readonly VoteAsk[];
  /** Third votes that are there already. */
  readonly done: number;
};

/**
 * The third votes that are wanted, by what the first two say, and not there yet. `same` asks the judge of the context a second
 * time in one order, drawn with a seed of the pair's own; `second` asks the judge of the context, which is another model, as it
 * is. What a person has said of the label counts as in the judgement.
 */
export function planThirdVotes(
  cases: readonly VerifyCase[],
  entries: Iterable<VerifyEntry>,
  context: VerifyContext & { readonly third: 'same' | 'second' },
  decisionOf: (sampleId: string) => Decision | undefined = () => undefined,
): ThirdVotePlan {
  const all = [...entries];
  const folds = foldVerify(all);
  const finished = new Set(all.flatMap((entry) => (entry.type === 'vote' && entry.third === true && isComplete(entry) ? [voteKey(entry)] : [])));
  const votes: VoteAsk[] = [];
  let done = 0;
  for (const verifyCase of cases) {
    const { sample } = verifyCase;
    const fold = folds.get(sample.id);
    if (fold === undefined || fold.labelHash !== sample.labelHash) continue;
    const decision = decisionOf(sample.id);
    const known = knownSides(verifyCase, { decision });
    const order = orderOfThird(fold.votes, (vote) => supposedVerdict(vote, known));
    const ask = order === undefined ? undefined : planThird(verifyCase, order, context);
    if (ask === undefined) continue;
    if (finished.has(voteKey({ sampleId: sample.id, labelHash: sample.labelHash, ...ask }))) done++;
    else votes.push(ask);
  }
  return { votes, done };
}

function orderOfThird(votes: readonly VoteEntry[], counted: (vote: VoteEntry) => ReturnType<typeof supposedVerdict>): VoteAsk['order'] | undefined {
  const [first, second] = (['LP', 'PL'] as const).map((order) => votes.find((vote) => vote.order === order && vote.third === undefined));
  if (first === undefined || second === undefined || !isComplete(first) || !isComplete(second)) return undefined;
  const [a, b] = [counted(first), counted(second)];
  return wantsThird(a, b) ? thirdOrder(a, b) : undefined;
}

function planThird(verifyCase: VerifyCase, order: VoteAsk['order'], context: VerifyContext & { readonly third: 'same' | 'second' }): VoteAsk | undefined {
  const ask = planVote(verifyCase, order, context);
  if (ask === undefined || context.third === 'second') return ask && { ...ask, third: true };
  const { id, labelHash } = verifyCase.sample;
  const { sampling } = ask.request;
  // 28 bits: a seed that every server takes.
  const seed = Number.parseInt(sha256Hex(`third ${id} ${labelHash}`).slice(0, 7), 16);
  const request = { ...ask.request, sampling: { ...sampling, temperature: sampling.temperature > 0 ? sampling.temperature : temperature, seed } };
  return { ...ask, third: true, request, requestKey: requestKey({ ...context.judge, request }) };
}
