import { endpointModel, type Endpoint, type ProjectConfig } from '../../core/config/projectConfig.ts';
import type { Sample } from '../../core/dataset/sample.ts';
import { planExpansions } from '../../core/loop/edde.ts';
import { planProbe, type ProbeContext } from '../../core/loop/gcp.ts';
import { planEvaluation } from '../../core/loop/heldOut.ts';
import { planVerify, type VerifyContext } from '../../core/loop/jglv.ts';
import { planRepeats } from '../../core/loop/repeats.ts';
import type { ModelIdentity, ModelRequest } from '../../core/loop/requestKey.ts';
import { planThirdVotes } from '../../core/loop/thirdVote.ts';
import { acceptedLabels } from '../../core/review/acceptedLabels.ts';
import { foldProbe } from '../../core/rounds/fold.ts';
import { evaluateEntrySchema, expandEntrySchema, probeEntrySchema, repeatEntrySchema } from '../../core/rounds/journalEntries.ts';
import type { StageName } from '../../core/rounds/manifest.ts';
import { compileTextKinds, type CompiledTextKinds } from '../../core/toolcall/textKinds.ts';
import { readJournal } from '../../node/appendJournal.ts';
import { briefProbe } from '../../node/probeLines.ts';
import { samplingOf, type Role } from '../connections.ts';
import { readDecisions } from '../decisionsFile.ts';
import { readExamples } from '../judgeExamples.ts';
import { stagePromptsNow } from '../prompts/roundPrompts.ts';
import { readHeldOut, type HeldOutSet, type Project } from '../project.ts';
import { expandedSeeds, readRoundResults } from '../roundResults.ts';
import type { Round } from '../round.ts';
import type { PastRounds, RequestKind } from './pastRounds.ts';

/** `planned`: counted from what is there; else by shares of earlier rounds, or by assumed ones. */
export type Basis = 'planned' | 'measured' | 'assumed';

/** Requests of one kind in one round. `done`: those that are answered already. `examples`: some of the requests themselves, or of the samples that they are about. */
export type Load = {
  readonly round: number;
  readonly stage: StageName;
  readonly kind: RequestKind;
  readonly role: Role;
  readonly requests: number;
  readonly done: number;
  readonly basis: Basis;
  readonly examples: readonly (ModelRequest | Sample)[];
};

const mostExamples = 200;

/** A round of which there is at least the set; `later` of the stages it will do. */
export type LoadContext = {
  readonly project: Project;
  readonly config: ProjectConfig;
  readonly number: number;
  /** Absent for a round that is not made yet. */
  readonly round?: Round | undefined;
  /** The rows of its set, or some like them. */
  readonly rows: readonly Sample[];
  /** How many rows its set has. */
  readonly size: number;
  readonly past: PastRounds;
  /** Samples that are to be asked greedily again, beyond the settings. */
  readonly again?: number | undefined;
};

/** What these stages of a round have still to ask. Nothing is sent and nothing is written. */
export async function roundLoad(context: LoadContext, stages: readonly StageName[]): Promise<readonly Load[]> {
  const textKinds = compileTextKinds(context.config.textKinds);
  const loads: Load[] = [];
  for (const stage of stages) {
    if (stage === 'probe') loads.push(...(await probeLoad(context, textKinds)));
    if (stage === 'verify') loads.push(...(await verifyLoad(context)));
    if (stage === 'expand') loads.push(...(await expandLoad(context, textKinds)));
    if (stage === 'evaluate') loads.push(...(await evaluateLoad(context, textKinds)));
  }
  return loads.filter(({ requests, done }) => requests + done > 0);
}

function identity(endpoint: Endpoint, fingerprint?: string): ModelIdentity {
  return { model: endpointModel(endpoint), fingerprint, simulated: endpoint.kind === 'simulated' };
}

function load(context: LoadContext, parts: Omit<Load, 'round'>): Load {
  return { round: context.number, ...parts, examples: parts.examples.slice(0, mostExamples) };
}

async function probeLoad(context: LoadContext, textKinds: CompiledTextKinds): Promise<readonly Load[]> {
  const { round, config, rows, size } = context;
  const part = { stage: 'probe' as const, role: 'policy' as const };
  const { repeats, again: fixed } = config.probe;
  const again = Math.max(fixed, context.again ?? 0);
  const trained = round?.stage('train').status === 'done' ? round.manifest.trained : undefined;
  if (round === undefined || trained === undefined) {
    const repeated = Math.min(repeats.samples ?? size, size) * repeats.n + Math.min(again, size);
    const basis: Basis = context.number > 1 && round === undefined ? 'measured' : 'planned';
    return [load(context, { ...part, kind: 'answers', requests: size, done: 0, basis, examples: rows }), load(context, { ...part, kind: 'repeats', requests: repeated, done: 0, basis, examples: rows })];
  }
  const accepted = acceptedLabels((await readDecisions(context.project.files.root)).state);
  const probe: ProbeContext = { policy: identity(config.endpoints.policy, trained.fingerprint), settings: config.probe, sampling: samplingOf(config.endpoints.policy), textKinds, accepted };
  const { entries } = await readJournal(round.files.journal('probe'), probeEntrySchema, briefProbe);
  const { entries: repeated } = await readJournal(round.files.journal('repeat'), repeatEntrySchema);
  const plan = planProbe(rows, entries, probe);
  const repeatContext = { ...probe, round: context.number, seed: config.seed, again, repeats };
  const more = planRepeats(rows, foldProbe(entries, rows), repeated, repeatContext);
  // Samples without an answer yet are repeated too, once they have one.
  const coming = Math.round((plan.asks.length / Math.max(1, rows.length)) * (Math.min(repeats.samples ?? size, size) * repeats.n + Math.min(again, size)));
  return [
    load(context, { ...part, kind: 'answers', requests: plan.asks.length, done: plan.done, basis: 'planned', examples: plan.asks.map(({ sample }) => sample) }),
    load(context, { ...part, kind: 'repeats', requests: more.asks.length + coming, done: more.done, basis: 'planned', examples: rows }),
  ];
}

/** Mismatches that are to be expected of samples that are not probed yet. */
function expectedCases({ past, size }: LoadContext): { readonly cases: number; readonly basis: Basis } {
  const { value, basis } = past.share('mismatches');
  return { cases: Math.round(size * value), basis };
}

async function verifyLoad(context: LoadContext): Promise<readonly Load[]> {
  const { round, config, past, project } = context;
  const { protocol, thirdVote } = config.verify;
  const part = { stage: 'verify' as const };
  const asksThird = thirdVote !== 'off' && protocol !== 'paper';
  const thirdShare = asksThird ? past.share('thirdVotes') : { value: 0, basis: 'measured' as const };
  const thirdRole: Role = thirdVote === 'second' ? 'judge2' : 'judge';
  if (round?.stage('probe').status !== 'done') {
    const { cases, basis } = expectedCases(context);
    const third = Math.round(cases * thirdShare.value);
    return [
      load(context, { ...part, kind: 'votes', role: 'judge', requests: cases * (protocol === 'paper' ? 1 : 2), done: 0, basis, examples: context.rows }),
      load(context, { ...part, kind: 'thirdVotes', role: thirdRole, requests: third, done: 0, basis: worse(basis, thirdShare.basis), examples: context.rows }),
    ];
  }
  const { cases, verifyEntries } = await readRoundResults(project, round);
  const examples = await readExamples(project, round.manifest.examples ?? []);
  const verify: VerifyContext = { judge: identity(config.endpoints.judge), sampling: samplingOf(config.endpoints.judge), protocol, examples, prompts: await stagePromptsNow(project, round, 'verify') };
  const plan = planVerify(cases, verifyEntries, verify);
  const votes = load(context, { ...part, kind: 'votes', role: 'judge', requests: plan.votes.length, done: verifyEntries.filter((entry) => entry.type === 'vote' && entry.third === undefined && entry.verdict !== 'ERROR').length, basis: 'planned', examples: plan.votes.map(({ request }) => request) });
  if (!asksThird) return [votes];
  const other = config.endpoints[thirdRole] ?? config.endpoints.judge;
  const thirds = planThirdVotes(cases, verifyEntries, { ...verify, judge: identity(other), sampling: samplingOf(other), third: thirdVote });
  const open = new Set(plan.votes.map(({ sample }) => sample.id)).size;
  const coming = Math.round(open * thirdShare.value);
  return [votes, load(context, { ...part, kind: 'thirdVotes', role: thirdRole, requests: thirds.votes.length + coming, done: thirds.done, basis: coming > 0 ? thirdShare.basis : 'planned', examples: [...thirds.votes, ...plan.votes].map(({ request }) => request) })];
}

async function expandLoad(context: LoadContext, textKinds: CompiledTextKinds): Promise<readonly Load[]> {
  const { round, config, past } = context;
  const { k, maxSeeds, gates, attempts, kinds } = config.expand;
  const known = round?.stage('verify').status === 'done' ? round : undefined;
  const entries = known === undefined ? [] : (await readJournal(known.files.journal('expand'), expandEntrySchema)).entries;
  const seeds = known === undefined ? undefined : expandedSeeds(await readRoundResults(context.project, known), known, config, textKinds);
  const seedShare = past.share('seeds');
  const expected = expectedCases(context);
  const siblings = (seeds?.length ?? Math.min(maxSeeds ?? Infinity, Math.round(expected.cases * seedShare.value))) * k;
  const basis: Basis = seeds === undefined ? worse(expected.basis, seedShare.basis) : 'planned';
  const generations = entries.filter((entry) => entry.type === 'generation');
  const expand = { round: context.number, seed: config.seed, generator: identity(config.endpoints.generator), sampling: samplingOf(config.endpoints.generator), textKinds, k, attempts, maxSeeds, kinds, grounding: gates.grounding, prompts: await stagePromptsNow(context.project, round, 'expand') };
  const plan = seeds === undefined ? undefined : planExpansions(seeds, generations, expand);
  const open = plan?.asks.length ?? siblings;
  const answered = (type: 'solution' | 'critique' | 'probe'): number => new Set(entries.filter((entry) => entry.type === type).map(({ sampleId }) => sampleId)).size;
  const rest = (name: 'judging' | 'difficulty', done: number): { readonly requests: number; readonly done: number; readonly basis: Basis } => {
    const { value, basis: shareBasis } = past.share(name);
    // A stage that is done has asked all it will.
    const requests = round?.stage('expand').status === 'done' ? 0 : Math.max(0, Math.round(siblings * value) - done);
    return { requests, done, basis: worse(basis, shareBasis) };
  };
  const part = { stage: 'expand' as const, examples: context.rows };
  const tries = past.share('attempts');
  const asked = Math.round(open * tries.value);
  return [
    load(context, { ...part, kind: 'expansions', role: 'generator', requests: asked, done: siblings - open, basis: asked === open ? basis : worse(basis, tries.basis), ...(plan === undefined ? {} : { examples: plan.asks.map(({ request }) => request) }) }),
    ...(gates.solver || gates.critic ? [load(context, { ...part, kind: 'judging', role: 'judge', ...rest('judging', answered('solution') + answered('critique')) })] : []),
    ...(gates.difficulty === 'off' ? [] : [load(context, { ...part, kind: 'difficulty', role: 'policy', ...rest('difficulty', answered('probe')) })]),
  ];
}

async function evaluateLoad(context: LoadContext, textKinds: CompiledTextKinds): Promise<readonly Load[]> {
  const { round, config, project, number } = context;
  const sets = await readHeldOut(project.files, config);
  const samples = sets.flatMap((set) => set.samples);
  const entries = round === undefined ? [] : (await readJournal(round.files.journal('evaluate'), evaluateEntrySchema)).entries;
  const before = round?.manifest.initial?.fingerprint;
  const trained = round?.stage('train').status === 'done' ? round.manifest.trained?.fingerprint : undefined;
  const earlier = number === 1 ? [] : (await readJournal(project.files.round(number - 1).journal('evaluate'), evaluateEntrySchema)).entries;
  const same = config.trainer.kind === 'none' || (before !== undefined && before === trained);
  const asks = (phase: 'before' | 'after', fingerprint: string | undefined): number => {
    // What is measured after a round is what the next one starts from.
    if (fingerprint === undefined) return (phase === 'before' && number > 1) || (phase === 'after' && same) ? 0 : samples.length;
    const probe: ProbeContext = { policy: identity(config.endpoints.policy, fingerprint), settings: config.probe, sampling: samplingOf(config.endpoints.policy), textKinds };
    return sets.reduce((sum, { name, samples: own }: HeldOutSet) => sum + planEvaluation({ set: name, phase }, own, entries, probe, phase === 'before' ? earlier : []).asks.length, 0);
  };
  const requests = asks('before', before) + (same ? 0 : asks('after', trained));
  return [load(context, { stage: 'evaluate', kind: 'heldOut', role: 'policy', requests, done: entries.filter(({ outcome, attempt }) => outcome !== 'ERROR' && attempt > 0).length, basis: 'planned', examples: samples })];
}

function worse(a: Basis, b: Basis): Basis {
  const order: readonly Basis[] = ['planned', 'measured', 'assumed'];
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}
