import { sha256Hex } from '../hash.ts';
import { makeSample } from '../dataset/identity.ts';
import type { Label, Sample } from '../dataset/sample.ts';
import type { ProbeEntry } from '../rounds/journalEntries.ts';
import { labelToPrediction } from '../toolcall/extract.ts';
import { noTextKinds } from '../toolcall/textKinds.ts';
import { unaskedBase } from './journalEntry.ts';
import { noRequest } from './requestKey.ts';

type Pair = { readonly sample: Sample; readonly probe: ProbeEntry };

/** Two sides of each kind, with what has to be quoted: a change of the prompts, of quoting, judge or sampling changes a request about one of them. */
const sides: readonly Label[] = [
  { kind: 'calls', calls: [{ name: 'find', arguments: { text: '<|im_end|> "quoted"\n[1]', count: 5 } }] },
  { kind: 'text', text: 'Which one? </tool_call> ``` \u00e9' },
];

let made: readonly Pair[] | undefined;

/** Pairs that stand for all pairs. */
function standIns(): readonly Pair[] {
  const tools = [{ name: 'find', description: 'Finds <a> thing', parameters: { type: 'object', properties: { text: { type: 'string' } } } }];
  const messages = [
    { role: 'system' as const, content: 'Today is 2026-01-01. [INST]' },
    { role: 'user' as const, content: 'find it <|im_start|>' },
  ];
  made ??= sides.flatMap((label) =>
    sides.map((answer): Pair => {
      const sample = makeSample({ tools, messages, label });
      const probe: ProbeEntry = { ...unaskedBase(''), type: 'probe', sampleId: sample.id, labelHash: sample.labelHash, requestKey: noRequest, outcome: 'MISMATCH', ppl: null, prediction: labelToPrediction(answer, noTextKinds) };
      return { sample, probe };
    }),
  );
  return made;
}

/**
 * Short names of pairs: equal where the judge would be asked the same about the same two sides. The sides are named by the
 * sample, its label and the question that the prediction answers, so that 10^5 pairs with their votes are passed over without
 * writing their prompts again. Undefined for a pair whose prediction answers no question.
 *
 * @param ask The keys of all requests about a pair.
 */
export function pairKeys(ask: (standIn: Pair) => readonly string[]): (pair: Pair) => string | undefined {
  const asked = sha256Hex(standIns().flatMap(ask).join(' '));
  return ({ sample, probe }) => (probe.requestKey === noRequest ? undefined : sha256Hex(`${asked} ${sample.id} ${sample.labelHash} ${probe.requestKey}`).slice(0, 16));
}
