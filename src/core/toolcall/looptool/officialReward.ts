import type { JsonValue } from '../../json/value.ts';
import { sameParsedContent } from './parsedContent.ts';
import { parsePythonJson } from './pythonJson.ts';

const open = '<tool_call>\n';
const close = '\n</tool_call>';

/** `extract_tool_calls`: what stands between tags with a line feed at both ends, reasoning included; text that is no JSON stays text. */
export function extractOfficialCalls(text: string): JsonValue[] {
  const calls: JsonValue[] = [];
  for (let at = text.indexOf(open); at !== -1; ) {
    const to = text.indexOf(close, at + open.length);
    if (to === -1) break;
    const body = text.slice(at + open.length, to);
    const parsed = parsePythonJson(body);
    calls.push(parsed === undefined ? body : parsed);
    at = text.indexOf(open, to + close.length);
  }
  return calls;
}

/**
 * The reward that LoopTool trained with (`compute_score` of toolace.py under CORRECTMAX1=1, ERRORMAX=0, TOOL_REWARD_VERSION=1;
 * looptool-spec.md 6.3): 1 or 0. `answer` may be the whole transcript: the last assistant turn counts. Against a label without
 * a call, every answer without a tag is right.
 */
export function officialReward(groundTruth: string, answer: string): 0 | 1 {
  const turn = (answer.split('<|im_start|>assistant').at(-1) ?? '').split('<|im_end|>')[0] ?? '';
  const opened = turn.includes('<tool_call>');
  const closed = turn.includes('</tool_call>');
  if (!groundTruth.includes('<tool_call>')) return opened || closed ? 0 : 1;
  if (!opened || !closed) return 0;
  return sameParsedContent(extractOfficialCalls(groundTruth), extractOfficialCalls(turn)) ? 1 : 0;
}
