import type { TrainRow } from '../../src/core/dataset/sample.ts';
import type { CompletionOutcome } from '../../src/core/llm/completionPort.ts';
import { wordOf } from '../../src/core/llm/prompts/judge.ts';
import { sortRows } from '../../src/core/loop/buckets.ts';
import { planVerify, preCheckEntry, voteOutcome, type VoteAsk } from '../../src/core/loop/jglv.ts';
import { foldJudgement } from '../../src/core/loop/judgement.ts';
import { planThirdVotes } from '../../src/core/loop/thirdVote.ts';
import { foldVerify } from '../../src/core/rounds/fold.ts';
import type { Judgement, VerifyEntry } from '../../src/core/rounds/journalEntries.ts';
import type { Action, Ruled } from './protocols.ts';
import type { TrueCase } from './records.ts';
import type { Votes } from './simulatedVotes.ts';

const at = '2026-01-01T00:00:00.000Z';

/** Sends the same votes through the stage's own functions, requests and replies and all, and throws where a sample ends otherwise than in the fast path. */
export function assertSameAsStage(cases: readonly TrueCase[], votes: readonly Votes[], fast: readonly Ruled[]): void {
  const verifyCases = cases.map(({ verifyCase }) => verifyCase);
  const context = { judge: { model: 'simulated', fingerprint: undefined, simulated: true }, sampling: {} };
  const votesOf = new Map(verifyCases.map(({ sample }, i) => [sample.id, votes[i]]));
  const entries: VerifyEntry[] = [];
  const plan = planVerify(verifyCases, [], context);
  entries.push(...plan.preChecks.map((check) => preCheckEntry(check, at)), ...plan.votes.map((ask) => voteOutcome(ask, reply(ask, votesOf.get(ask.sample.id)), context, at)));
  const more = planThirdVotes(verifyCases, entries, { ...context, third: 'same' });
  entries.push(...more.votes.map((ask) => voteOutcome(ask, reply(ask, votesOf.get(ask.sample.id)), context, at)));
  const folds = foldVerify(entries);
  const judgements = new Map<string, Judgement>();
  for (const one of verifyCases) {
    const judgement = foldJudgement(one, folds.get(one.sample.id), { round: 1, relabel: 'always' });
    if (judgement !== undefined) judgements.set(one.sample.id, judgement);
  }
  const rows = verifyCases.map(({ sample }): TrainRow => ({ ...sample, v: 1, origin: 'seed', parents: [], since: 1 }));
  const buckets = sortRows(rows, new Map(verifyCases.map(({ sample, probe }) => [sample.id, probe])), judgements, 1);
  const actions = new Map<string, Action>([...buckets.bothCorrect, ...buckets.errorSeeds].map(({ row }) => [row.id, row.origin === 'labelRefined' ? 'replace' : 'keep']));
  verifyCases.forEach(({ sample }, i) => {
    const staged = actions.get(sample.id) ?? 'drop';
    if (staged !== fast[i]?.action) throw new Error(`${sample.id}: the stage says ${staged}, the experiment ${fast[i]?.action ?? 'nothing'}`);
  });
  const asked = plan.votes.length + more.votes.length;
  const counted = fast.reduce((sum, { calls }) => sum + calls, 0);
  if (asked !== counted) throw new Error(`the stage asks ${asked} times, the experiment counts ${counted}`);
}

function reply({ order, third }: VoteAsk, votes: Votes | undefined): CompletionOutcome {
  const verdict = votes?.[third === true ? 'third' : order](order);
  const content = verdict === undefined ? 'I cannot say.' : JSON.stringify({ verdict: wordOf(verdict, order), error_analysis: '', correct_approach: '' });
  return { ok: true, attempts: 1, elapsedMs: 1, reply: { content, reasoning: '', calls: [], finishReason: 'stop', logProbs: undefined, promptTokens: undefined, completionTokens: undefined, model: 'simulated' } };
}
