import * as z from 'zod';
import type { ProjectConfig } from '../../config/projectConfig.ts';
import { samplesOfClass, type Evidence } from './countedDecisions.ts';
import { gateStateSchema, type ClassPrecision, type GateState } from './measurement.ts';
import { classPrecision } from './precision.ts';

/** The judge whose verdicts are at stake. */
export type GatedJudge = { readonly judge: string; readonly promptVersion: string; readonly simulated: boolean };

/** Verdicts of one judge with one prompt, by name. */
type JudgeName = Pick<GatedJudge, 'judge' | 'promptVersion'>;

/**
 * The gate as a round goes by it, looked at once when its verification begins: what people decide later changes nothing of
 * the round. `passed` holds every judge that had been measured well enough by then, also those that the round did not begin
 * with: the endpoint of a round may change.
 */
export const roundGateSchema = gateStateSchema.extend({
  at: z.string(),
  passed: z.array(z.object({ judge: z.string(), promptVersion: z.string() })),
});
export type RoundGate = Readonly<z.infer<typeof roundGateSchema>>;

/** What decides whether a LABEL_WRONG verdict replaces a label; a bare `gate` is one that was not looked at, and so is closed. */
export type RelabelRule = ProjectConfig['verify']['relabel'] | RoundGate;

/** Rule of a round, from its manifest. Rounds of before there was a gate hold `always` or `off` in their settings. */
export function relabelRule(manifest: { readonly gate?: RoundGate | undefined; readonly config: ProjectConfig } | undefined): RelabelRule {
  return manifest?.gate ?? manifest?.config.verify.relabel ?? 'gate';
}

/** Why these votes must not replace a label; undefined where they may. Votes of two judges are those of none that was measured. */
export function heldBack(rule: RelabelRule, votes: readonly JudgeName[]): string | undefined {
  const relabel = typeof rule === 'string' ? rule : rule.relabel;
  if (relabel === 'always') return undefined;
  if (relabel === 'off') return 'replacing labels is switched off (verify.relabel)';
  if (typeof rule === 'string') return 'the gate for replacing labels has not been looked at: the verification of the round has not begun';
  const closed = votes.find((vote) => !rule.passed.some((passed) => isSame(passed, vote)));
  if (closed === undefined) {
    const [first] = votes;
    return first !== undefined && votes.every((vote) => isSame(first, vote)) ? undefined : 'the votes are of different judges or prompts';
  }
  return isSame(closed, rule) ? rule.reason : `LABEL_WRONG verdicts of ${named(closed)} had not passed the gate when the verification began`;
}

export function roundGate(settings: ProjectConfig['verify'], judge: GatedJudge, evidence: Evidence, at: string): RoundGate {
  const named = new Map([judge, ...evidence.calibrations.values()].map(({ judge: model, promptVersion }) => [JSON.stringify([model, promptVersion]), { judge: model, promptVersion }]));
  const passed = settings.relabel === 'gate' ? [...named.values()].filter((one) => gateState(settings, { ...one, simulated: false }, evidence).open) : [];
  return { ...gateState(settings, judge, evidence), at, passed };
}

/** The gate for one judge as things stand: by the last sample of its LABEL_WRONG verdicts, when that is decided to its end. */
export function gateState({ relabel, gate }: ProjectConfig['verify'], judge: GatedJudge, evidence: Evidence): GateState {
  const common = { relabel, threshold: gate.threshold, least: gate.least, ...judge };
  if (relabel === 'off') return { ...common, open: false, cause: 'off', reason: 'labels are never replaced by the loop (verify.relabel: off)' };
  if (relabel === 'always') {
    const simulated = judge.simulated ? '; the judge is simulated' : '';
    return { ...common, open: true, cause: 'always', reason: `labels are replaced whether or not the judge was measured (verify.relabel: always)${simulated}` };
  }
  const samples = samplesOfClass(evidence.calibrations.values(), { verdict: 'LABEL_WRONG', ...judge });
  const last = samples.at(-1);
  if (last === undefined) {
    return { ...common, open: false, cause: 'unmeasured', reason: `gate closed: LABEL_WRONG verdicts of ${named(judge)} have not been measured; it takes a calibration sample of at least ${gate.least} decided blind` };
  }
  const measured = classPrecision(last, evidence, { items: new Map(), round: undefined }, 1);
  const { cause, text } = answer(measured, gate);
  const again = samples.length > 1 ? `; earlier samples: ${samples.length - 1}` : '';
  return {
    ...common,
    open: cause === 'passed',
    cause,
    reason: `gate ${cause === 'passed' ? 'open' : 'closed'}: ${text}${again}`,
    sample: { calibration: last.id, size: measured.size, precision: measured.precision },
  };
}

function answer({ precision, size, complete }: ClassPrecision, { threshold, least }: ProjectConfig['verify']['gate']): { readonly cause: GateState['cause']; readonly text: string } {
  // A sample that is too small is so before it is decided.
  if (size < least) return { cause: 'small', text: `the sample has ${size} pairs, and ${least} are needed` };
  if (!complete) return { cause: 'undecided', text: `${precision.n} of the ${size} drawn pairs are decided blind; only a whole sample counts` };
  const figures = `${precision.hits} of ${precision.n} LABEL_WRONG verdicts were right, ${percent(precision.value)} with a 95 % interval from ${percent(precision.low)}`;
  const passes = precision.low >= threshold;
  return { cause: passes ? 'passed' : 'below', text: `${figures}, which ${passes ? 'reaches' : 'is below'} ${percent(threshold)}` };
}

function isSame(a: JudgeName, b: JudgeName): boolean {
  return a.judge === b.judge && a.promptVersion === b.promptVersion;
}

function named({ judge, promptVersion }: JudgeName): string {
  return `${judge} (prompt ${promptVersion})`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
