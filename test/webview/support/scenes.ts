import { makeSample } from '../../../src/core/dataset/identity.ts';
import type { Label, Message, ToolCall, ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { compareCalls } from '../../../src/core/toolcall/compare.ts';
import type { Measurement } from '../../../src/core/review/measure/measurement.ts';
import type { Prediction } from '../../../src/core/toolcall/prediction.ts';
import type { ReviewItem, SourceLink } from '../../../src/protocol/review/item.ts';
import type { BulkPreview, Facets, HostMessage, ReviewSnapshot } from '../../../src/protocol/review/messages.ts';

const weatherTool: ToolDefinition = {
  name: 'get_forecast',
  description: 'Weather forecast of a city for one day or several.',
  parameters: {
    type: 'object',
    properties: {
      city: { type: 'string', description: 'Name of the city, in English' },
      country: { type: 'string', description: 'ISO 3166 code' },
      days: { type: 'integer', description: 'How many days', default: 1 },
      units: { type: 'string', enum: ['metric', 'imperial'], description: 'Unit system' },
    },
    required: ['city', 'days'],
  },
};

const otherTools: readonly ToolDefinition[] = [
  { name: 'find_flight', description: 'Finds flights between two airports on a date.', parameters: { type: 'object', properties: { from: { type: 'string' }, to: { type: 'string' }, date: { type: 'string', format: 'date' } }, required: ['from', 'to'] } },
  { name: 'send_message', description: 'Sends a message to a contact.', parameters: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } }, required: ['to', 'text'] } },
];

const request = 'What will the weather be like in Lyon over the next three days? Celsius, please. My sister lives in Paris, so compare it to what you said before.';

const ordinaryMessages: readonly Message[] = [
  { role: 'system', content: 'You are a helpful assistant. Use the tools where they fit.' },
  { role: 'user', content: 'And in Paris today?' },
  { role: 'assistant', content: '', calls: [{ name: 'get_forecast', arguments: { city: 'Paris', days: 1 } }] },
  { role: 'tool', name: 'get_forecast', content: '{"city": "Paris", "high": 17, "low": 9, "sky": "overcast"}' },
  { role: 'assistant', content: 'Overcast, between 9 and 17 °C.', calls: [] },
  { role: 'user', content: request },
];

export const callLabel = (...calls: readonly ToolCall[]): Label => ({ kind: 'calls', calls: [...calls] });
export const callPrediction = (...calls: readonly ToolCall[]): Prediction => ({ kind: 'CALL', calls: [...calls], text: '', warnings: [] });

export type ItemParts = { readonly messages?: readonly Message[]; readonly tools?: readonly ToolDefinition[]; readonly label?: Label; readonly prediction?: Prediction } & Partial<ReviewItem>;

const span = (text: string, part: string): { start: number; end: number } => ({ start: text.indexOf(part), end: text.indexOf(part) + part.length });

const ordinarySources: readonly SourceLink[] = [
  { side: 'label', call: 0, path: ['city'], kind: 'said', value: 'Paris', message: 5, ...span(request, 'Paris') },
  { side: 'prediction', call: 0, path: ['city'], kind: 'said', value: 'Lyon', message: 5, ...span(request, 'Lyon') },
  { side: 'label', call: 0, path: ['days'], kind: 'derivable', value: 3, message: 5, ...span(request, 'three') },
  { side: 'prediction', call: 0, path: ['days'], kind: 'derivable', value: 3, message: 5, ...span(request, 'three') },
];

/** A pair of the review with everything that a pair can have; a test changes what it is about. */
export function reviewItem(parts: ItemParts = {}): ReviewItem {
  const tools = parts.tools ?? [weatherTool, ...otherTools];
  const messages = parts.messages ?? ordinaryMessages;
  const label = parts.label ?? callLabel({ name: 'get_forecast', arguments: { city: 'Paris', days: 3, units: 'metric' } });
  const prediction = parts.prediction ?? callPrediction({ name: 'get_forecast', arguments: { city: 'Lyon', days: 3, units: 'metric', country: 'FR' } });
  const sample = makeSample({ tools, messages, label });
  return {
    sampleId: sample.id, labelHash: sample.labelHash, occurrence: { file: 'data/train.jsonl', record: 41, step: 0 }, origin: 'seed', parents: [], tools, messages, label, prediction,
    ...(prediction.kind === 'CALL' ? { predictionLabel: callLabel(...prediction.calls) } : {}),
    ...(label.kind === 'calls' ? { comparison: compareCalls(label.calls, prediction.calls) } : {}),
    outcome: prediction.kind === 'CALL' ? 'MISMATCH' : prediction.kind === 'TRUNCATED' ? 'TRUNCATED' : 'INVALID',
    ppl: 1.2534, reply: `<tool_call>\n${JSON.stringify(prediction.calls[0] ?? {})}\n</tool_call>`, raw: JSON.stringify(label.kind === 'calls' ? label.calls : label, null, 2),
    labelFindings: [{ rule: 'ungrounded-text', severity: 'warning', message: 'The request asks about Lyon; Paris is only mentioned.', call: 0, argument: 'city' }], predictionFindings: [],
    sources: parts.messages ? [] : ordinarySources,
    judgement: {
      verdict: 'LABEL_WRONG', agreeing: 2, simulated: false, replaced: false,
      votes: [
        { order: 'LP', verdict: 'LABEL_WRONG', judge: 'qwen3-32b', promptVersion: 'jglv-3', simulated: false, analysis: 'The user asks for the weather in Lyon. The label queries Paris, which the user names only as the city where a sister lives.', approach: 'Call get_forecast with city Lyon and 3 days.' },
        { order: 'PL', verdict: 'LABEL_WRONG', judge: 'qwen3-32b', promptVersion: 'jglv-3', simulated: false, analysis: 'The second answer uses the wrong city.', approach: '' },
      ],
    },
    value: { chance: 0.83, weight: 5, reason: 'Of 12 decided pairs with this verdict and two agreeing votes, 10 labels were wrong.' },
    decisions: [], similar: 3,
    ...withoutParts(parts),
  };
}

function withoutParts(parts: ItemParts): Partial<ReviewItem> {
  return Object.fromEntries(Object.entries(parts).filter(([name]) => !['messages', 'tools', 'label', 'prediction'].includes(name)));
}

export const facets: Facets = {
  verdicts: [{ value: 'LABEL_WRONG', count: 31 }, { value: 'PRED_WRONG', count: 22 }, { value: 'NO_CONSENSUS', count: 5 }, { value: 'unjudged', count: 2 }],
  outcomes: [{ value: 'MISMATCH', count: 55 }, { value: 'TRUNCATED', count: 5 }],
  tools: Array.from({ length: 14 }, (_, i) => ({ value: i === 0 ? 'get_forecast' : `tool_number_${i}`, count: 30 - i })),
  kinds: [{ value: 'value', count: 40 }, { value: 'extra-argument', count: 12 }, { value: 'name', count: 8 }],
  rules: [{ value: 'ungrounded-text', count: 9 }], origins: [{ value: 'seed', count: 50 }, { value: 'expansion', count: 10 }],
  people: [{ value: 'reviewer', count: 3 }, { value: 'somebody@example.com', count: 2 }], states: [{ value: 'undecided', count: 57 }, { value: 'decided', count: 3 }],
};

/** What the host shows while an item is reviewed. */
export function snapshot(parts: Partial<ReviewSnapshot> = {}): ReviewSnapshot {
  return {
    type: 'snapshot', title: 'Round 3', round: 3, user: 'reviewer', mode: { kind: 'review' }, blind: false, swapped: false, spec: { filter: { state: 'all' }, order: 'value' },
    position: 2, total: 60, undecided: 57, sourceTotal: 60, perHour: 612, canUndo: true, canRedo: false, toApply: 2,
    queues: [{ name: 'Wrong cities', spec: { filter: { state: 'undecided', tools: ['get_forecast'] }, order: 'cluster' }, count: 14, undecided: 11 }],
    facets, warnings: [], ...parts,
  };
}

/** Without an item: the end of a queue, or nothing in it. */
export const emptySnapshot = (parts: Partial<ReviewSnapshot> = {}): ReviewSnapshot => snapshot({ position: 0, total: 0, undecided: 0, sourceTotal: 0, canUndo: false, toApply: 0, queues: [], ...parts });

const decided = { id: 'd1', at: '2026-11-20T09:12:00.000Z', by: 'reviewer', ruling: 'takePrediction', pass: 'first', note: 'The sister is a distraction.', inForce: true } as const;

function twelveCalls(): ReviewItem {
  const call = (city: string, days: number): ToolCall => ({ name: 'get_forecast', arguments: { city, days, units: 'metric' } });
  const cities = ['Lyon', 'Paris', 'Nice', 'Lille', 'Nantes', 'Metz', 'Brest', 'Dijon', 'Tours', 'Rennes', 'Reims', 'Toulon'];
  return reviewItem({ label: callLabel(...cities.map((c) => call(c, 3))), prediction: callPrediction(...[...cities].reverse().map((c, i) => call(c === 'Nice' ? 'Nizza' : c, i === 4 ? 4 : 3))), sources: [] });
}

const long = 'The quick report about the harbour says that nothing was found on the first day. ';

export const bulkPreview = (requestId: number): BulkPreview => ({
  type: 'bulkPreview', requestId, previewId: 'p1', ruling: 'takePrediction', count: 41,
  left: [{ reason: 'The prediction is no complete answer', count: 3 }, { reason: 'Somebody has decided meanwhile', count: 1 }],
  pairs: ['Lyon', 'Nice', 'Metz'].map((city) => {
    const { sampleId, label, prediction, comparison } = reviewItem({ prediction: callPrediction({ name: 'get_forecast', arguments: { city, days: 3, units: 'metric' } }) });
    return { sampleId: `${sampleId}${city}`, request: `What will the weather be like in ${city}?`, label, prediction, ...(comparison ? { comparison } : {}) };
  }),
});

const share = (hits: number, n: number, low: number, high: number): Measurement['classes'][number]['precision'] => ({ hits, n, value: hits / n, low, high });
const judge = { judge: 'qwen3-32b', promptVersion: 'jglv-3' } as const;

/** What a project knows of its judge after one whole sample. */
export const measurement: Measurement = {
  confusion: [{ ...judge, verdict: 'LABEL_WRONG', ruling: 'takePrediction', meant: 'LABEL_WRONG', count: 96 }, { ...judge, verdict: 'LABEL_WRONG', ruling: 'keepLabel', meant: 'PRED_WRONG', count: 4 }],
  classes: [{ ...judge, verdict: 'LABEL_WRONG', calibration: 'c1', drawnAt: '2026-11-20T09:00:00.000Z', population: 412, size: 100, precision: share(96, 100, 0.902, 0.984), complete: true, current: true, seenBefore: 2, uncounted: 0, byTool: [{ name: 'get_forecast', ...share(60, 61, 0.913, 0.997) }], byKind: [{ name: 'value', ...share(80, 84, 0.884, 0.981) }], more: { width: 0.05, decisions: 140 } }],
  kappas: [{ ...judge, value: 0.71, low: 0.55, high: 0.84, n: 120, verdicts: ['LABEL_WRONG', 'PRED_WRONG'] }],
  orderFlips: [{ ...judge, ...share(31, 412, 0.053, 0.105) }],
  gate: { relabel: 'gate', threshold: 0.9, least: 100, ...judge, simulated: false, open: true, cause: 'passed', reason: '96 of 100 verdicts were right; the lower bound 0.902 reaches 0.9.', sample: { calibration: 'c1', size: 100, precision: share(96, 100, 0.902, 0.984) } },
  people: { byReviewer: [{ by: 'reviewer', decisions: 140, atOnce: 41, medianMs: 5200, perHour: 692 }], agreement: share(18, 20, 0.699, 0.972), disagreements: 2, adjudicated: 1 },
  drawable: [{ ...judge, simulated: false, verdict: 'LABEL_WRONG', count: 412 }, { ...judge, simulated: false, verdict: 'PRED_WRONG', count: 230 }],
  notes: ['3 decisions on pairs that are gone are left out.'],
};

/** States of the page, ready-made: what the host answers to `ready`, and keys to press until the state is there. */
export type Scene = { readonly first: ReviewSnapshot | Extract<HostMessage, { type: 'failure' }> | undefined; readonly keys?: readonly string[]; readonly width?: number; readonly height?: number };

export const SCENES = {
  ordinary: { first: snapshot({ item: reviewItem() }) },
  decided: { first: snapshot({ item: reviewItem({ decisions: [decided], similar: 0 }), offer: { decisionId: 'd1', ruling: 'takePrediction', count: 41 }, announcement: 'Stored: take prediction.' }) },
  blind: { first: snapshot({ item: reviewItem(), blind: true }) },
  calibration: { first: snapshot({ item: reviewItem(), mode: { kind: 'calibration', id: 'c1' }, blind: true, swapped: true, title: 'Calibration of LABEL_WRONG, qwen3-32b' }) },
  filters: { first: snapshot({ item: reviewItem(), spec: { filter: { state: 'undecided', verdicts: ['LABEL_WRONG'], ppl: { from: 1.1 } }, order: 'cluster' } }), keys: ['f'] },
  raw: { first: snapshot({ item: reviewItem() }), keys: ['r'] },
  help: { first: snapshot({ item: reviewItem() }), keys: ['?'] },
  bulk: { first: snapshot({ item: reviewItem() }), keys: ['Shift+P'] },
  measure: { first: snapshot({ item: reviewItem() }), keys: ['i'] },
  edit: { first: snapshot({ item: reviewItem() }), keys: ['e'] },
  cherryPick: { first: snapshot({ item: reviewItem() }), keys: ['c'] },
  confirm: { first: snapshot({ item: reviewItem() }), keys: ['p'] },
  empty: { first: emptySnapshot() },
  filteredEmpty: { first: emptySnapshot({ sourceTotal: 60, spec: { filter: { state: 'undecided', text: 'no such words' }, order: 'value' } }) },
  done: { first: snapshot({ position: 60, undecided: 0 }) },
  end: { first: snapshot({ position: 60, undecided: 3, toApply: 0 }) },
  loading: { first: undefined },
  error: { first: { type: 'failure', requestId: 0, message: 'rounds/0003/probe.jsonl cannot be read: permission denied. Check who owns the file, then try again.' } },
  warnings: { first: snapshot({ item: reviewItem(), warnings: ['predictions.jsonl line 12: not JSON', 'predictions.jsonl line 40: no sample with this id'] }) },
  failure: { first: snapshot({ item: reviewItem({ prediction: { kind: 'TRUNCATED', calls: [], text: 'I will look up the', warnings: ['cut off after 512 tokens'] } }) }), keys: ['p'] },
  text: { first: snapshot({ item: reviewItem({ label: { kind: 'text', text: 'Which city do you mean: Lyon or Paris?', textKind: { kind: 'ask', argument: 'city' } }, prediction: { kind: 'TEXT_ANSWER', calls: [], text: 'Which town do you mean, Lyon or Paris? It will be sunny in both.', warnings: [] }, sources: [] }) }) },
  twelveCalls: { first: snapshot({ item: twelveCalls() }) },
  longArgument: { first: snapshot({ item: reviewItem({ label: callLabel({ name: 'send_message', arguments: { to: 'Mira', text: long.repeat(40) } }), prediction: callPrediction({ name: 'send_message', arguments: { to: 'Mira', text: `${long.repeat(20)}On the second day a chest was found. ${long.repeat(19)}` } }), sources: [] }) }) },
  huge: { first: snapshot({ item: reviewItem({ messages: [{ role: 'user', content: 'x y '.repeat(1_250_000) }], label: callLabel({ name: 'send_message', arguments: { to: 'Mira', text: 'ab '.repeat(1_700_000) } }), prediction: callPrediction({ name: 'send_message', arguments: { to: 'Mira', text: 'ac '.repeat(1_700_000) } }) }) }) },
  narrow: { first: snapshot({ item: reviewItem() }), width: 320, height: 900 },
  low: { first: snapshot({ item: reviewItem() }), width: 640, height: 400 },
} satisfies Record<string, Scene>;

export type SceneName = keyof typeof SCENES;
