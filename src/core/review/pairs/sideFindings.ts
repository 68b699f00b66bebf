import type { Label, Sample } from '../../dataset/sample.ts';
import { checkSample, type RuleHit } from '../../rules/recordChecker.ts';
import type { Part } from '../../rules/rule.ts';
import { SampleContext } from '../../rules/sampleContext.ts';
import type { ActiveRule } from '../../rules/settings.ts';
import { predictionToLabel } from '../../toolcall/extract.ts';
import type { Prediction } from '../../toolcall/prediction.ts';

/** A finding of a rule on the label or the prediction; `argument` is the parameter that it is about. */
export type SideFinding = { readonly rule: string; readonly severity: RuleHit['severity']; readonly message: string; readonly call?: number; readonly argument?: string };

/** Above so many characters in a sample, or calls in its label, only the rules that look at calls and their tools are asked: the others read the conversation over and over. */
const longestSample = 200_000;
const mostCalls = 64;
const rulesOfCalls = new Set(['unknown-tool', 'missing-argument', 'unknown-argument', 'argument-type', 'argument-enum', 'argument-constraint', 'unparsable-label']);

/** What the rules on single samples say of a label; what they say of the tools and the conversation is no word on either side. */
export function labelFindings(sample: Sample, active: readonly ActiveRule[]): readonly SideFinding[] {
  const { messages, label } = sample;
  const isLong = (label.kind === 'calls' && label.calls.length > mostCalls) || messages.reduce((sum, { content }) => sum + content.length, 0) + answerLength(label) > longestSample;
  const asked = isLong ? active.filter(({ rule }) => rulesOfCalls.has(rule.id)) : active;
  // Places are for fixes alone, which nobody asks for here.
  const read = { sample, step: 0, places: () => ({ tools: [], messages: [], label: [], calls: [] }) };
  return checkSample(new SampleContext(read, null, '', 0), asked).flatMap((hit) => findingOf(hit) ?? []);
}

/** The same with another label in the place of the sample's. */
export function findingsWith(sample: Sample, label: Label, active: readonly ActiveRule[]): readonly SideFinding[] {
  const { id, labelHash, family, tools, messages } = sample;
  return labelFindings({ id, labelHash, family, tools, messages, label }, active);
}

/** Ids of the rules that find something on the label or the prediction, distinct. */
export function ruleIdsOf({ sample, prediction }: { readonly sample: Sample; readonly prediction: Prediction }, active: readonly ActiveRule[]): readonly string[] {
  const taken = predictionToLabel(prediction);
  const found = [...labelFindings(sample, active), ...(taken === undefined ? [] : findingsWith(sample, taken, active))];
  return [...new Set(found.map(({ rule }) => rule))];
}

function findingOf({ rule, severity, message, at }: RuleHit): SideFinding | undefined {
  if (at.part === 'message' || at.part === 'tool' || at.part === 'record') return undefined;
  const argument = argumentOf(at);
  return { rule, severity, message, ...('call' in at ? { call: at.call } : {}), ...(argument === undefined ? {} : { argument }) };
}

function argumentOf(at: Part): string | undefined {
  const [first] = 'path' in at && 'call' in at ? at.path : [];
  return first === undefined ? undefined : String(first);
}

/** About how long the answer is; calls are looked at as far as it takes. */
function answerLength(label: Label): number {
  if (label.kind === 'text') return label.text.length;
  if (label.kind === 'invalid') return label.raw.length;
  if (label.kind !== 'calls') return 0;
  return label.calls.reduce((sum, { arguments: given }) => sum + textLength(given, 0), 0);
}

function textLength(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > 64) return 8;
  let sum = 0;
  for (const member of Object.values(value)) {
    sum += 4 + textLength(member, depth + 1);
    if (sum > longestSample) break;
  }
  return sum;
}
