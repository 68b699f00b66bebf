import type { ToolCall, ToolDefinition } from '../../dataset/sample.ts';
import type { Prediction } from '../../toolcall/prediction.ts';

/** Prefixes of the leaderboard's files, newest first. */
const prefixes = ['BFCL_v4_', 'BFCL_v3_', 'BFCL_v2_', 'gorilla_openfunctions_v1_test_', ''];

/** `live_simple` of `live_simple_12-3-0`: what the file with the question is called after. */
export function bfclCategory(id: string): string | undefined {
  return /^(.+?)_\d+(?:-\d+-\d+)?$/.exec(id)?.[1];
}

/** Names that the file with the questions of a category may have; those of the result file's own version come first. */
export function questionNames(category: string, resultName: string): readonly string[] {
  const own = prefixes.find((prefix) => prefix !== '' && resultName.startsWith(prefix));
  const ordered = own === undefined ? prefixes : [own, ...prefixes.filter((prefix) => prefix !== own)];
  return ordered.flatMap((prefix) => [`${prefix}${category}.json`, `${prefix}${category}.jsonl`]);
}

/** Folders, relative to one that holds the results, in which the leaderboard's code and its copies keep the questions. */
export const questionFolders: readonly string[] = ['.', 'data', 'bfcl_eval/data', 'bfcl/data', 'berkeley-function-call-leaderboard/data', 'berkeley-function-call-leaderboard/bfcl_eval/data', 'questions'];

/** What the leaderboard's code writes in the place of an answer when the request failed. */
export function isFailedRequest(answer: unknown): boolean {
  return typeof answer === 'string' && /^Error during inference\b/.test(answer);
}

/**
 * Models that are asked with native calls see names without dots (`math.hypot` as `math_hypot`), and answer with those: the
 * leaderboard's checker takes them for the same, and so does a review.
 */
export function withToolNames(prediction: Prediction, tools: readonly ToolDefinition[]): Prediction {
  if (prediction.calls.length === 0) return prediction;
  const names = new Set(tools.map(({ name }) => name));
  const calls = prediction.calls.map((call): ToolCall => {
    if (names.has(call.name)) return call;
    const [only, ...others] = tools.filter(({ name }) => sentName(name) === call.name);
    return only === undefined || others.length > 0 ? call : { name: only.name, arguments: call.arguments };
  });
  return { ...prediction, calls };
}

function sentName(name: string): string {
  return name.replaceAll(/[^\w-]/g, '_');
}
