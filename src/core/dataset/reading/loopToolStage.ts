import { isJsonArray, member, objectMember, textMember } from '../../json/member.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../json/value.ts';

/** How a judge voted, in JGLV (`judge_details`) or in the filter behind EDDE (`consensus_info`). */
export type JudgeDetails = {
  readonly votes: readonly string[];
  readonly distribution: JsonObject | undefined;
  readonly consensus: boolean | undefined;
  readonly result: string | undefined;
  /** As written, `2/3`. */
  readonly count: string | undefined;
};

/** What the later stages of the published code add to a LoopTool row (spec 2.5 e to h). Every part is absent where the row has none. */
export type LoopToolStage = {
  /** The latest stage that left its fields. */
  readonly stage: 'gcp' | 'jglv' | 'edde' | 'filter';
  /** The policy's answer, reasoning apart. */
  readonly prediction: string | undefined;
  readonly think: string | undefined;
  readonly perplexity: number | undefined;
  readonly averageLogProbability: number | undefined;
  readonly cumulativeLogProbability: number | undefined;
  readonly responseTokens: number | undefined;
  readonly status: string | undefined;
  readonly errorMessage: string | undefined;
  readonly judge: JudgeDetails | undefined;
  /** The seed of an expansion, a row of an earlier stage. */
  readonly originalSample: JsonObject | undefined;
};

/** The fields of later stages; undefined for a row that has none. They change nothing of its sample. */
export function loopToolStage(record: JsonValue): LoopToolStage | undefined {
  const originalSample = objectMember(record, 'original_sample');
  const judge = judgeDetails(objectMember(record, 'consensus_info') ?? objectMember(record, 'judge_details'));
  const status = textMember(record, 'status');
  const prediction = textMember(record, 'response');
  const verified = status !== undefined || judge !== undefined;
  const stage = originalSample !== undefined ? (verified ? 'filter' : 'edde') : verified ? 'jglv' : prediction !== undefined ? 'gcp' : undefined;
  if (stage === undefined) return undefined;
  return {
    stage,
    prediction,
    think: textMember(record, 'think'),
    perplexity: numberMember(record, 'perplexity'),
    averageLogProbability: numberMember(record, 'avg_log_prob'),
    cumulativeLogProbability: numberMember(record, 'cumulative_logprob'),
    responseTokens: numberMember(record, 'response_tokens'),
    status,
    errorMessage: textMember(record, 'error_message'),
    judge,
    originalSample,
  };
}

/** `{}` is written where the judge was not asked. */
function judgeDetails(details: JsonObject | undefined): JudgeDetails | undefined {
  if (details === undefined || Object.keys(details).length === 0) return undefined;
  const votes = member(details, 'vote_results');
  const consensus = member(details, 'consensus_achieved');
  return {
    votes: isJsonArray(votes) ? votes.filter((vote) => typeof vote === 'string') : [],
    distribution: objectMember(details, 'vote_distribution'),
    consensus: typeof consensus === 'boolean' ? consensus : undefined,
    result: textMember(details, 'final_result'),
    count: textMember(details, 'vote_count'),
  };
}

function numberMember(record: JsonValue, key: string): number | undefined {
  const value = member(record, key);
  return typeof value === 'number' ? value : value instanceof JsonNumber ? Number(value.raw) : undefined;
}
