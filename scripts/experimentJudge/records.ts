import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Label, Sample, ToolCall } from '../../src/core/dataset/sample.ts';
import { parseJson } from '../../src/core/json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json/value.ts';
import { preCheck, type PreCheck, type VerifyCase } from '../../src/core/loop/jglv.ts';
import { knownSides, type KnownSides } from '../../src/core/loop/judgement.ts';
import { Rng } from '../../src/core/random/rng.ts';
import type { ProbeEntry } from '../../src/core/rounds/journalEntries.ts';
import type { Verdict } from '../../src/core/rounds/verdict.ts';
import { callsEqual } from '../../src/core/toolcall/callsEqual.ts';
import type { Prediction } from '../../src/core/toolcall/prediction.ts';
import { sameAnswer } from '../../src/demo/answer.ts';
import { makeDemoData, sampleDataSettings, toSample } from '../../src/demo/datasets.ts';
import { applies, corrupt, randomErrors } from '../../src/demo/plantErrors.ts';
import type { DemoLabel, DemoSample } from '../../src/demo/world.ts';
import { bfclContext, listOf } from '../labelFixes/bfclSamples.ts';
import { mutate } from './mutate.ts';

/** A mismatch whose truth is known, with what the deterministic tier says of it. */
export type TrueCase = { readonly verifyCase: VerifyCase; readonly truth: Verdict; readonly checked: PreCheck | undefined; readonly known: KnownSides };

/** The mismatches of one seed, and how many samples the policy answered as labelled, with a wrong label among them. */
export type CaseSet = { readonly cases: readonly TrueCase[]; readonly matched: number; readonly matchedWrong: number };

/** Share of the samples that the simulated policy answers rightly. */
const policyAccuracy = 0.7;
/** Share of corrected labels whose prediction is made wrong as well, so that both sides are. */
const bothWrongShare = 0.15;

export function demoCases(seed: number): CaseSet {
  const rng = new Rng('judge experiment', seed, 'policy');
  const cases: TrueCase[] = [];
  let [matched, matchedWrong] = [0, 0];
  for (const labelled of makeDemoData({ ...sampleDataSettings, seed }).train) {
    const answer = rng.chance(policyAccuracy) ? labelled.truth : wrongAnswer(labelled, rng);
    if (sameAnswer(labelled.label, answer)) {
      matched++;
      if (!sameAnswer(labelled.label, labelled.truth)) matchedWrong++;
      continue;
    }
    cases.push(trueCase(toSample(labelled, labelled.label), predictionOf(answer), truthOf(sameAnswer(labelled.label, labelled.truth), sameAnswer(answer, labelled.truth))));
  }
  return { cases, matched, matchedWrong };
}

function wrongAnswer(sample: DemoSample, rng: Rng): DemoLabel {
  return corrupt(sample, rng.pick(randomErrors.filter((error) => applies(error, sample))), rng);
}

function predictionOf(answer: DemoLabel): Prediction {
  return answer.kind === 'calls' ? callPrediction(answer.calls) : { kind: 'TEXT_ANSWER', calls: [], text: answer.text, warnings: [] };
}

function callPrediction(calls: readonly ToolCall[]): Prediction {
  return { kind: 'CALL', calls, text: '', warnings: [] };
}

function truthOf(labelRight: boolean, predictionRight: boolean): Verdict {
  if (labelRight) return predictionRight ? 'BOTH_CORRECT' : 'PRED_WRONG';
  return predictionRight ? 'LABEL_WRONG' : 'BOTH_WRONG';
}

function trueCase(sample: Sample, prediction: Prediction, truth: Verdict): TrueCase {
  const probe: ProbeEntry = { v: 1, type: 'probe', sampleId: sample.id, labelHash: sample.labelHash, requestKey: 'none', attempt: 1, startedAt: '2026-01-01T00:00:00.000Z', elapsedMs: 0, outcome: 'MISMATCH', prediction, ppl: null };
  const verifyCase = { sample, probe };
  return { verifyCase, truth, checked: preCheck(verifyCase), known: knownSides(verifyCase, {}) };
}

/**
 * Real corrections: the label before is the label, the one after the prediction. Where the answer that the old label shows is
 * still accepted afterwards both are right. Labels that never changed get a prediction that is wrong by one mutation.
 * Undefined where the data is not there.
 */
export function correctionCases(folder: string, seed: number): CaseSet | undefined {
  const file = join(folder, 'bfcl_label_fixes.jsonl');
  if (!existsSync(file)) return undefined;
  const rng = new Rng('judge experiment', seed, 'corrections');
  const cases = new Map<string, TrueCase>();
  const add = (sample: Sample, calls: readonly ToolCall[], truth: Verdict): void => {
    if (!cases.has(sample.id)) cases.set(sample.id, trueCase(sample, callPrediction(calls), truth));
  };
  for (const row of rowsOf(file)) {
    const [question, tools] = [row['question_after'] ?? null, row['function'] ?? null];
    const [before, after] = [bfclContext(question, tools, row['before'] ?? null)?.sample, bfclContext(question, tools, row['after'] ?? null)?.sample];
    if (before?.label.kind !== 'calls' || after?.label.kind !== 'calls' || callsEqual(before.label.calls, after.label.calls)) continue;
    const sample = plainSample(before, before.label.calls);
    if (row['tier'] !== 'wrong' && row['tier'] !== 'wrong_or_overpermissive') add(sample, after.label.calls, 'BOTH_CORRECT');
    else if (!rng.chance(bothWrongShare)) add(sample, after.label.calls, 'LABEL_WRONG');
    else add(sample, mutate(after.label.calls, sample.tools, rng), 'BOTH_WRONG');
  }
  const matched = unchanged(folder, (sample, calls) => {
    if (rng.chance(policyAccuracy)) return true;
    add(sample, mutate(calls, sample.tools, rng), 'PRED_WRONG');
    return false;
  });
  return { cases: [...cases.values()], matched, matchedWrong: 0 };
}

/** The label as it is shown: one list of calls. */
function plainSample({ tools, messages }: Sample, calls: readonly ToolCall[]): Sample {
  const [first, ...others] = calls;
  if (first === undefined) throw new Error('a label of calls has one');
  return makeSample({ tools, messages, label: { kind: 'calls', calls: [first, ...others] } satisfies Label });
}

function unchanged(folder: string, take: (sample: Sample, calls: readonly ToolCall[]) => boolean): number {
  const parsed = parseJson(readFileSync(join(folder, 'bfcl_never_changed_ids.json'), 'utf8'));
  const ids = parsed.ok ? listOf(parsed.value).filter((id) => typeof id === 'string') : [];
  const [questions, answers] = [byId(join(folder, 'data/bfcl')), byId(join(folder, 'data/bfcl/possible_answer'))];
  let matched = 0;
  for (const id of ids) {
    const [question, answer] = [questions.get(id), answers.get(id)];
    const found = question && answer && bfclContext(question['question'] ?? null, question['function'] ?? null, answer['ground_truth'] ?? null)?.sample;
    if (found?.label.kind === 'calls' && take(plainSample(found, found.label.calls), found.label.calls)) matched++;
  }
  return matched;
}

function byId(folder: string): ReadonlyMap<string, JsonObject> {
  if (!existsSync(folder)) return new Map();
  return new Map(readdirSync(folder).filter((file) => /\.jsonl?$/.test(file)).flatMap((file) => rowsOf(join(folder, file))).flatMap((row): [string, JsonObject][] => (typeof row['id'] === 'string' ? [[row['id'], row]] : [])));
}

function rowsOf(file: string): JsonObject[] {
  return readFileSync(file, 'utf8').split('\n').flatMap((line) => {
    const parsed: { readonly ok: boolean; readonly value?: JsonValue } | undefined = line.trim() === '' ? undefined : parseJson(line);
    return parsed?.ok === true && isJsonObject(parsed.value) ? [parsed.value] : [];
  });
}
