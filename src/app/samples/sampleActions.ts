import type { Occurrence, Sample, TrainRow } from '../../core/dataset/sample.ts';
import { LoopToolError } from '../../core/errors.ts';
import { sortRows, type ErrorSeed } from '../../core/loop/buckets.ts';
import { foldExpansions } from '../../core/loop/expansions.ts';
import { unprobable } from '../../core/loop/gcp.ts';
import { verifyCases } from '../../core/loop/jglv.ts';
import { foldJudgement } from '../../core/loop/judgement.ts';
import { acceptedLabels } from '../../core/review/acceptedLabels.ts';
import type { Decision } from '../../core/review/decision.ts';
import { relabelRule } from '../../core/review/measure/gate.ts';
import { foldExpand, foldProbe, foldVerify } from '../../core/rounds/fold.ts';
import { expandEntrySchema, probeEntrySchema, verifyEntrySchema, type Judgement, type ProbeEntry, type VerifyEntry } from '../../core/rounds/journalEntries.ts';
import { isMatch, isMismatch } from '../../core/toolcall/outcome.ts';
import { compileTextKinds } from '../../core/toolcall/textKinds.ts';
import type { SampleActionKind, SampleActionResult } from '../../protocol/sampleRequest.ts';
import { Connections } from '../connections.ts';
import { readExamples } from '../judgeExamples.ts';
import { readDecisions } from '../decisionsFile.ts';
import type { AppPorts } from '../ports.ts';
import { openProject, type Project } from '../project.ts';
import { StageProgress, type Reporter } from '../reporter.ts';
import { settingsOf } from '../round.ts';
import { expandedSeeds, readRoundResults } from '../roundResults.ts';
import { askExpansions } from '../stages/expand.ts';
import { knownSamples } from '../stages/knownSamples.ts';
import { askProbes } from '../stages/probe.ts';
import type { AskContext } from '../stages/stage.ts';
import { askVotes } from '../stages/verify.ts';
import { ActionHome, type ActionStage } from './actionHome.ts';
import { findSample, findSampleById, type SampleAddress } from './findSample.ts';
import { newestPolicy } from './newestPolicy.ts';
import { previewPrompt } from './promptPreview.ts';

/** A sample by its place or its id, or a pair as it is: the answer given is the one that is judged, and nothing is taken from the journals. */
export type SampleActionTarget = { readonly address: SampleAddress } | { readonly sampleId: string } | { readonly sample: Sample; readonly probe: ProbeEntry; readonly occurrence?: Occurrence };
export type SampleActionOptions = { readonly project: string; readonly action: SampleActionKind; readonly target: SampleActionTarget; readonly signal: AbortSignal; readonly reporter: Reporter };

type Action = {
  readonly ports: AppPorts;
  readonly project: Project;
  readonly sample: Sample;
  readonly occurrence: Occurrence | undefined;
  /** The answer that was given with the sample. */
  readonly given: ProbeEntry | undefined;
  readonly home: ActionHome;
  readonly context: AskContext;
  readonly reporter: Reporter;
  readonly decision: Decision | undefined;
};

/** Probes, judges or expands one sample, with what the stages do it with. Throws LoopToolError when it could not. */
export async function runSampleAction(ports: AppPorts, options: SampleActionOptions): Promise<SampleActionResult> {
  const { action, reporter, signal } = options;
  const project = await openProject(options.project);
  const { target } = options;
  const { sample, occurrence } = await sampleOf(project, target, signal);
  if (action === 'prompt') {
    const prompt = await previewPrompt(project.config, new Connections(ports, project, project.config), sample, signal);
    return { action, sampleId: sample.id, labelHash: sample.labelHash, ...(occurrence === undefined ? {} : { occurrence }), known: true, prompt };
  }
  const given = 'probe' in target ? target.probe : undefined;
  const reason = unprobable(sample.label);
  if (reason !== undefined) throw new LoopToolError('usage', `This sample cannot be asked about: ${reason}.`);
  const { state } = await readDecisions(project.files.root);
  const found = await ActionHome.find(ports, project, sample, `looptool sample ${action}`);
  const home = given === undefined ? found : found.outside();
  try {
    if (home.busy) reporter.note(`A job works on round ${home.newest?.number ?? 0}: the answer goes to the scratch journal.`);
    const config = home.round === undefined ? project.config : settingsOf(home.round, project);
    const connections = new Connections(ports, project, config);
    const textKinds = compileTextKinds(config.textKinds);
    const progress = new StageProgress(ports.clock, () => undefined, home.round?.number ?? 0, stageOf[action]);
    const context: AskContext = { ports, config, textKinds, accepted: acceptedLabels(state), connections, progress, signal };
    return await actions[action]({ ports, project, sample, occurrence, given, home, context, reporter, decision: state.inForce.get(sample.id) });
  } finally {
    await home.release();
  }
}

async function sampleOf(project: Project, target: SampleActionTarget, signal: AbortSignal): Promise<{ readonly sample: Sample; readonly occurrence: Occurrence | undefined }> {
  if ('sampleId' in target) return await findSampleById(project, target.sampleId, signal);
  return 'address' in target ? await findSample(project, target.address) : { sample: target.sample, occurrence: target.occurrence };
}

/** Those that ask a model, and keep what it answers. */
type Asking = Exclude<SampleActionKind, 'prompt'>;
const stageOf: Readonly<Record<Asking, ActionStage>> = { probe: 'probe', judge: 'verify', expand: 'expand' };
const actions: Readonly<Record<Asking, (action: Action) => Promise<SampleActionResult>>> = { probe, judge, expand };

async function probe(action: Action): Promise<SampleActionResult> {
  const { entry, home, known } = await probed(action);
  return { ...about(action, 'probe', home), known, probe: entry };
}

type Probed = { readonly entry: ProbeEntry; readonly home: ActionHome; readonly known: boolean };

/** The policy's answer. A round that is not trained yet has no place for one: it would be of another policy than the round's. */
async function probed({ project, sample, home: found, context, reporter }: Action): Promise<Probed> {
  const trained = found.round?.stage('train').status === 'done';
  const home = trained ? found : found.outside();
  const { connections, signal } = context;
  const checkpoint = await newestPolicy(project, home.newest);
  if (home.busy && !(await connections.servesPolicy(checkpoint, signal))) {
    throw new LoopToolError('round-locked', `A job works on round ${home.newest?.number ?? 0}, and the embedded engine holds other weights for it. Wait for its end, or stop it, then ask again.`);
  }
  reporter.note('Asking the policy.');
  const policy = await connections.policy(checkpoint, signal);
  return await home.writing('probe', probeEntrySchema, async ({ entries, keep }) => {
    const before = entries.length;
    await askProbes(context, policy, [sample], { entries, keep });
    const entry = foldProbe(entries, [sample]).get(sample.id);
    if (entry === undefined || entry.outcome === 'ERROR') throw failed('policy', entry?.error);
    return { entry, home, known: entries.length === before };
  });
}

async function judge(action: Action): Promise<SampleActionResult> {
  const { sample, context, reporter } = action;
  const { entry, home } = await probeToJudge(action);
  const [verifyCase] = verifyCases([sample], new Map([[sample.id, entry]]));
  if (verifyCase === undefined) {
    reporter.note('The answer matches the label: the judge is asked about answers that do not.');
    return { ...about(action, 'judge', home), known: true, probe: entry };
  }
  return await home.writing('verify', verifyEntrySchema, async ({ entries, keep }) => {
    const before = entries.length;
    reporter.note(context.config.verify.protocol === 'paper' ? 'Asking the judge, with the label first.' : 'Asking the judge, once with each answer first.');
    const examples = await readExamples(action.project, home.round?.manifest.examples ?? []);
    const simulated = await askVotes(context, [verifyCase], { entries, keep }, { examples });
    const judgement = judgementOf(action, home, entry, entries);
    if (judgement === undefined) throw failed('judge', lastError(entries));
    if (simulated) reporter.note('The judge is simulated.');
    return { ...about(action, 'judge', home), known: entries.length === before, probe: entry, judgement };
  });
}

/** The answer that is judged, and where: it stands beside its votes. */
async function probeToJudge(action: Action): Promise<Probed> {
  const { home, reporter, given } = action;
  if (given !== undefined) {
    await home.writing('probe', probeEntrySchema, ({ keep }) => keep(given));
    return { entry: given, home, known: true };
  }
  const { round, scratch } = await home.known('probe', probeEntrySchema);
  const answered = (entries: readonly ProbeEntry[]): ProbeEntry | undefined => entries.findLast(({ outcome }) => outcome !== 'ERROR');
  const [inRound, alone] = [answered(round), answered(scratch)];
  if (home.round !== undefined && inRound !== undefined) return { entry: inRound, home, known: true };
  const outside = home.outside();
  if (inRound !== undefined && (alone === undefined || inRound.startedAt > alone.startedAt)) {
    await outside.writing('probe', probeEntrySchema, ({ keep }) => keep(inRound));
    return { entry: inRound, home: outside, known: true };
  }
  if (alone !== undefined) return { entry: alone, home: outside, known: true };
  reporter.note('The sample was not probed with this label: the policy is asked first.');
  return await probed(action);
}

function judgementOf({ sample, context, decision }: Action, home: ActionHome, entry: ProbeEntry, entries: readonly VerifyEntry[]): Judgement | undefined {
  const current = entries.filter(({ sampleId, startedAt }) => sampleId === sample.id && (home.round !== undefined || startedAt >= entry.startedAt));
  // Outside of a round nothing is replaced: the label to take is shown, whoever judged it.
  const relabel = home.round === undefined ? (context.config.verify.relabel === 'off' ? 'off' : 'always') : relabelRule(home.round.manifest);
  return foldJudgement({ sample, probe: entry }, foldVerify(current).get(sample.id), { round: home.round?.number ?? 0, relabel, decision });
}

async function expand(action: Action): Promise<SampleActionResult> {
  const { project, sample, context, reporter } = action;
  const inRound = await roundSeed(action);
  const home = inRound === undefined ? action.home.outside() : action.home;
  const seed = inRound ?? (await loneSeed(action));
  const known = await knownSamples({ project, config: context.config }, home.round === undefined ? [sample] : await home.round.files.readTrainRows());
  const { scratch } = await home.known('expand', expandEntrySchema);
  // Whoever expands a sample again outside of a round wants other siblings.
  const earlier = scratch.filter((entry) => entry.type === 'generation' && entry.k === 0).length;
  const round = home.round?.number ?? -1 - earlier;
  return await home.writing('expand', expandEntrySchema, async ({ entries, keep }) => {
    const before = entries.length;
    reporter.note(`Asking the generator for ${context.config.expand.k} new samples, and the judge about each.`);
    const simulated = await askExpansions({ ...context, round }, [seed], known, { entries, keep });
    if (simulated.length > 0) reporter.note(`Simulated: ${simulated.join(' and ')}.`);
    const { results } = foldExpansions({ round, seeds: [seed], k: context.config.expand.k, fold: foldExpand(entries), known, gates: { ...context.config.expand.gates, difficulty: 'off' } });
    if (results.length === 0 || results.every(({ gate }) => gate === 'api')) throw failed('generator', results[0]?.reason);
    return { ...about(action, 'expand', home), known: entries.length === before, expansions: results };
  });
}

/** The sample as an error seed of the round under way; undefined where the round would not expand it. */
async function roundSeed({ project, sample, home, context }: Action): Promise<ErrorSeed | undefined> {
  if (home.round === undefined) return undefined;
  const results = await readRoundResults(project, home.round);
  return expandedSeeds(results, home.round, context.config, context.textKinds).find(({ row }) => row.id === sample.id);
}

/** Outside of a round any sample may be expanded whose label may be right; what is known of its error is shown to the generator. */
async function loneSeed(action: Action): Promise<ErrorSeed> {
  const { sample, occurrence, home, reporter } = action;
  const row: TrainRow = { ...sample, v: 1, origin: 'errorSeed', parents: [], since: 0, ...(occurrence === undefined ? {} : { occurrence }) };
  const probes = await home.known('probe', probeEntrySchema);
  const votes = await home.known('verify', verifyEntrySchema);
  const source = probes.scratch.length > 0 ? 'scratch' : 'round';
  const entry = probes[source].findLast(({ outcome }) => outcome !== 'ERROR');
  if (entry === undefined || isMatch(entry.outcome)) {
    reporter.note(entry === undefined ? 'The sample was not probed: there is no wrong answer to learn from.' : 'The policy answers right: there is no wrong answer to learn from.');
    return { row, wrong: { text: '' }, analysis: '' };
  }
  const judgement = (isMismatch(entry.outcome) ? judgementOf(action, home.outside(), entry, votes[source]) : undefined) ?? assumed(sample);
  const seed = sortRows([row], new Map([[sample.id, entry]]), new Map([[sample.id, judgement]]), 0).errorSeeds[0];
  if (seed !== undefined) return seed;
  if (judgement.verdict === 'LABEL_WRONG' || judgement.verdict === 'BOTH_WRONG') throw new LoopToolError('usage', `The label is called wrong (${judgement.by}): samples made from it would be wrong too. Correct it first.`);
  return { row, wrong: { text: '' }, analysis: '' };
}

/** A mismatch that nobody judged is taken as an error of the policy. */
function assumed({ id, labelHash }: Sample): Judgement {
  return { sampleId: id, labelHash, verdict: 'PRED_WRONG', analysis: '', approach: '', votes: 0, agreeing: 0, simulated: false, by: 'preCheck', source: 'not judged' };
}

function about({ sample, occurrence }: Action, action: SampleActionKind, home: ActionHome) {
  const { round } = home;
  return { action, sampleId: sample.id, labelHash: sample.labelHash, ...(occurrence === undefined ? {} : { occurrence }), ...(round === undefined ? {} : { round: round.number }) };
}

function lastError(entries: readonly VerifyEntry[]): string | undefined {
  const last = entries.at(-1);
  return last?.type === 'vote' ? last.error : undefined;
}

function failed(role: string, reason: string | undefined): LoopToolError {
  return new LoopToolError('endpoint-refused', `The ${role} did not answer: ${reason ?? 'the request failed'}. Check the endpoint (LoopTool: Test Connection), then ask again.`);
}
