import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Label, ToolDefinition } from '../../src/core/dataset/sample.ts';
import type { ProbeOutcome } from '../../src/core/rounds/journalEntries.ts';
import type { FinalVerdict } from '../../src/core/rounds/verdict.ts';
import { compareCalls } from '../../src/core/toolcall/compare.ts';
import type { Prediction } from '../../src/core/toolcall/prediction.ts';
import type { ReviewJudgement, ReviewPair } from '../../src/app/review/reviewSource.ts';

export type PairOptions = {
  readonly city?: string;
  readonly predicted?: string;
  readonly request?: string;
  readonly toolName?: string;
  readonly tools?: readonly ToolDefinition[];
  readonly label?: Label;
  readonly prediction?: Prediction;
  readonly outcome?: ProbeOutcome;
  /** `null`: nobody judged the pair. */
  readonly verdict?: FinalVerdict | null;
  readonly analysis?: string;
  readonly judge?: string;
  readonly ppl?: number;
  readonly file?: string;
};

/** One pair: the label says `city`, the policy answered `predicted`. */
export function reviewPair(n: number, options: PairOptions = {}): ReviewPair {
  const name = options.toolName ?? 'get_weather';
  const tools: readonly ToolDefinition[] = options.tools ?? [
    { name, description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string' }, day: { type: 'string', enum: ['today', 'tomorrow'] } }, required: ['city'] } },
  ];
  const label: Label = options.label ?? { kind: 'calls', calls: [{ name, arguments: { city: options.city ?? `paris ${n}`, day: 'today' } }] };
  const prediction: Prediction = options.prediction ?? { kind: 'CALL', calls: [{ name, arguments: { city: options.predicted ?? `lyon ${n}`, day: 'today' } }], text: '', warnings: [] };
  const sample = makeSample({ tools, messages: [{ role: 'user', content: options.request ?? `weather in lyon ${n}` }], label });
  const outcome: ProbeOutcome = options.outcome ?? (prediction.kind === 'TRUNCATED' || prediction.kind === 'INVALID' || prediction.kind === 'EMPTY' ? prediction.kind : 'MISMATCH');
  const raw = JSON.stringify({ tools, messages: sample.messages, label });
  return {
    sample,
    origin: 'seed',
    parents: [],
    occurrence: { file: options.file ?? 'data.jsonl', record: n, step: 0 },
    prediction,
    reply: JSON.stringify(prediction.calls),
    outcome,
    comparison: compareCalls(label.kind === 'calls' ? label.calls : [], prediction.calls),
    ppl: options.ppl ?? 1 + n / 100,
    judgement: options.verdict === null ? undefined : judgement(options.verdict ?? 'LABEL_WRONG', options.judge ?? 'judge-1', options.analysis ?? 'The request names another city.'),
    raw,
  };
}

function judgement(verdict: FinalVerdict, judge: string, analysis: string): ReviewJudgement {
  const agreed = verdict !== 'NO_CONSENSUS';
  const vote = { judge, promptVersion: 'p1', simulated: true, analysis, approach: 'Use what the request names.' };
  return {
    verdict,
    votes: [
      { order: 'LP', verdict: agreed ? verdict : 'LABEL_WRONG', ...vote },
      { order: 'PL', verdict: agreed ? verdict : 'PRED_WRONG', ...vote },
    ],
    agreeing: agreed ? 2 : 1,
    simulated: true,
    replaced: false,
  };
}

const variety: readonly ((n: number) => PairOptions)[] = [
  () => ({}),
  (n) => ({ verdict: 'PRED_WRONG', label: { kind: 'calls', calls: [{ name: 'get_weather', arguments: { city: `rome ${n}` } }] } }),
  (n) => ({ verdict: 'BOTH_CORRECT', prediction: { kind: 'CALL', calls: [{ name: 'get_weather', arguments: { city: `Paris ${n}`, day: 'tomorrow' } }], text: '', warnings: [] } }),
  () => ({ verdict: 'NO_CONSENSUS', prediction: { kind: 'TEXT_ASK', calls: [], text: 'For which city?', argument: 'city', warnings: [] } }),
  () => ({ verdict: 'PRED_WRONG', prediction: { kind: 'TRUNCATED', calls: [], text: '', warnings: ['cut off after 512 tokens'] } }),
  (n) => ({ verdict: 'BOTH_WRONG', prediction: { kind: 'CALL', calls: [{ name: 'get_weather', arguments: { town: `lyon ${n}` } }], text: '', warnings: [] } }),
  (n) => ({ toolName: 'book_hotel', label: { kind: 'calls', calls: [{ name: 'book_hotel', arguments: { city: `bergen ${n}` } }, { name: 'book_hotel', arguments: { city: `oslo ${n}` } }] } }),
  () => ({ verdict: null }),
];

/** `count` different pairs of eight kinds in turn. */
export function variedPairs(count: number): readonly ReviewPair[] {
  return Array.from({ length: count }, (_, n) => reviewPair(n, variety[n % variety.length]?.(n)));
}
