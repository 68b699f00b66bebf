import type { SampleStatus } from '../../protocol/lsp/sampleLens.ts';
import type { SampleRecord } from './sampleHistory.ts';

/** What the journals say of a sample with this label, in short. */
export function sampleStatus(known: SampleRecord | undefined, labelHash: string): SampleStatus {
  const { probe, judgement, round, reviewRound } = known ?? {};
  if (probe === undefined) return { outcome: 'none' };
  const where = { ...(round === undefined ? {} : { round }), ...(reviewRound === undefined || reviewRound === round ? {} : { reviewRound }) };
  if (probe.labelHash !== labelHash) return { outcome: 'changed', ...where };
  const perplexity = probe.ppl === null ? {} : { ppl: probe.ppl };
  const about = judgement?.labelHash === labelHash ? { verdict: judgement.verdict, votes: judgement.votes, agreeing: judgement.agreeing, by: judgement.by } : {};
  return { outcome: probe.outcome, ...perplexity, ...about, ...where };
}
