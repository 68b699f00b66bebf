import { endpointModel, remoteEndpoints, type ProjectConfig } from '../core/config/projectConfig.ts';
import type { Sample } from '../core/dataset/sample.ts';
import { firstSet } from '../core/loop/compose.ts';
import type { ModelRequest } from '../core/loop/requestKey.ts';
import { stageNames, type StageName } from '../core/rounds/manifest.ts';
import type { JobRequest } from '../protocol/jobFile.ts';
import { priceOf, type Role } from './connections.ts';
import { PastRounds, type RequestKind } from './estimates/pastRounds.ts';
import { roundLoad, type Basis, type Load } from './estimates/roundLoad.ts';
import { openProject, readCorpus, type Project } from './project.ts';
import { newestRound, openRound, settingsOf, type Round } from './round.ts';

/** Requests of one kind that a job would send in one round, and what they would take. */
export type EstimatePart = {
  readonly round: number;
  readonly stage: StageName;
  readonly kind: RequestKind;
  readonly role: Role;
  readonly model: string;
  /** Still to be sent, and answered already. */
  readonly requests: number;
  readonly done: number;
  readonly basis: Basis;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** `measured`: by the mean of answered requests of this kind; `characters`: four characters a token. */
  readonly tokensBy: 'measured' | 'characters';
  /** By the prices of the endpoint; absent without any. */
  readonly money?: number;
  /** At the rate that requests of this kind had last; absent where none was measured. */
  readonly seconds?: number;
};

export type EstimateTotals = Pick<EstimatePart, 'requests' | 'promptTokens' | 'completionTokens'> & {
  readonly money?: number;
  /** Absent as long as a part with requests has no measured rate. Training is not in it. */
  readonly seconds?: number;
};

/** A budget (`budgets` in looptool.json) beside what the job would need of it. Tokens and money are those of servers of the user's. */
export type BudgetCheck = { readonly budget: 'tokens' | 'money' | 'minutes'; readonly limit: number; readonly needed: number; readonly enough: boolean };

export type RunEstimate = { readonly project: string; readonly parts: readonly EstimatePart[]; readonly totals: EstimateTotals; readonly budgets: readonly BudgetCheck[]; readonly notes: readonly string[] };

export type EstimateOptions = { readonly project: string; readonly action: JobRequest['action'] };

/**
 * What a job would send, by stage, before it is started: from the journals where the stage before is done, else by what
 * earlier rounds came to. Sends nothing, writes nothing, takes no lock, and may be asked while a job runs.
 */
export async function estimateRun({ project: root, action }: EstimateOptions): Promise<RunEstimate> {
  const project = await openProject(root);
  const rounds = await existingRounds(project);
  const past = await PastRounds.read(rounds.toReversed());
  const loads: Load[] = [];
  const first = rounds[0];
  const firstRows = first === undefined ? await rowsOfFirst(project) : await first.files.readTrainRows();
  const numbers = await roundsOf(project, action, rounds);
  for (const number of numbers) {
    const round = rounds.find((one) => one.number === number);
    const config = withRepeats(round === undefined ? project.config : settingsOf(round, project), action);
    const rows = round === undefined ? firstRows : await round.files.readTrainRows();
    const size = round === undefined && number > 1 ? (config.compose.size ?? firstRows.length) : rows.length;
    const again = action.kind === 'stage' ? action.again : undefined;
    loads.push(...(await roundLoad({ project, config, number, round, rows, size, past, again }, stagesOf(action, round))));
  }
  const parts = loads.map((load) => part(load, project.config, past));
  return { project: project.files.root, parts, totals: totals(parts), budgets: budgetChecks(parts, project.config), notes: notes(parts, rounds, numbers) };
}

async function existingRounds(project: Project): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (const number of await project.files.listRounds()) {
    if ((await project.files.round(number).readManifest()) === undefined) break;
    rounds.push(await openRound(project, number));
  }
  return rounds;
}

/** As round 1 would have them; nothing is made. */
async function rowsOfFirst({ files, config }: Project): Promise<readonly Sample[]> {
  const { samples } = await readCorpus(files, config);
  return firstSet(samples, { seed: config.seed, roundSize: config.datasets.roundSize });
}

async function roundsOf(project: Project, action: JobRequest['action'], rounds: readonly Round[]): Promise<readonly number[]> {
  if (action.kind === 'stage') return [action.round ?? (await newestRound(project))?.number ?? 1];
  return Array.from({ length: action.rounds }, (_, index) => index + 1).filter((number) => rounds.find((round) => round.number === number)?.isDone() !== true);
}

function stagesOf(action: JobRequest['action'], round: Round | undefined): readonly StageName[] {
  if (action.kind === 'run') return stageNames.filter((stage) => round?.stage(stage).status !== 'done');
  // A stage that is done stays as it is, but for what `again` and `repeats` ask for.
  return round?.stage(action.stage).status === 'done' && action.again === undefined && action.repeats === undefined ? [] : [action.stage];
}

function withRepeats(config: ProjectConfig, action: JobRequest['action']): ProjectConfig {
  const { probe } = config;
  const repeats = action.kind === 'stage' ? (action.repeats ?? 0) : 0;
  return repeats <= probe.repeats.n ? config : { ...config, probe: { ...probe, repeats: { ...probe.repeats, n: repeats } } };
}

const charactersPerToken = 4;
/** Instructions of ours around a sample, and an answer of a judge or generator: for a project that has measured none. */
const instructionTokens = 900;
const writtenTokens = 250;

function part({ examples, ...load }: Load, config: ProjectConfig, past: PastRounds): EstimatePart {
  const endpoint = config.endpoints[load.role] ?? config.endpoints.judge;
  const measured = past.measure(load.kind);
  const guessed = guessedTokens(examples, load.role);
  const perRequest = { prompt: measured?.promptTokens ?? guessed.prompt, completion: measured?.completionTokens ?? guessed.completion };
  const tokens = { promptTokens: Math.round(load.requests * perRequest.prompt), completionTokens: Math.round(load.requests * perRequest.completion) };
  const price = priceOf(endpoint);
  const tokensBy = measured?.promptTokens !== undefined && measured.completionTokens !== undefined ? 'measured' : 'characters';
  return {
    ...load,
    model: endpointModel(endpoint),
    ...tokens,
    tokensBy,
    ...(price === undefined ? {} : { money: (tokens.promptTokens * price.prompt + tokens.completionTokens * price.completion) / 1e6 }),
    ...(measured?.perSecond === undefined ? {} : { seconds: load.requests / measured.perSecond }),
  };
}

/** Means a request. */
function guessedTokens(examples: Load['examples'], role: Role): { readonly prompt: number; readonly completion: number } {
  const mean = (lengths: readonly number[]): number => (lengths.length === 0 ? 0 : lengths.reduce((a, b) => a + b, 0) / lengths.length / charactersPerToken);
  const prompts = examples.map((example) => JSON.stringify(example.messages).length + JSON.stringify(example.tools).length);
  const written = isSample(examples[0]) && role !== 'policy' ? instructionTokens : 0;
  const labels = examples.flatMap((example) => (isSample(example) ? [JSON.stringify(example.label).length] : []));
  return { prompt: mean(prompts) + written, completion: role === 'policy' && labels.length > 0 ? mean(labels) : role === 'policy' ? 64 : writtenTokens };
}

function isSample(example: ModelRequest | Sample | undefined): example is Sample {
  return example !== undefined && 'label' in example;
}

function totals(parts: readonly EstimatePart[]): EstimateTotals {
  const sum = (of: (one: EstimatePart) => number): number => parts.reduce((total, one) => total + of(one), 0);
  const asked = parts.filter(({ requests }) => requests > 0);
  return {
    requests: sum(({ requests }) => requests),
    promptTokens: sum(({ promptTokens }) => promptTokens),
    completionTokens: sum(({ completionTokens }) => completionTokens),
    ...(asked.some(({ money }) => money !== undefined) ? { money: sum(({ money }) => money ?? 0) } : {}),
    ...(asked.every(({ seconds }) => seconds !== undefined) ? { seconds: sum(({ seconds }) => seconds ?? 0) } : {}),
  };
}

function budgetChecks(parts: readonly EstimatePart[], { budgets, endpoints }: ProjectConfig): readonly BudgetCheck[] {
  const paid = totals(parts.filter(({ role }) => remoteEndpoints(endpoints[role] ?? endpoints.judge).length > 0));
  const seconds = totals(parts).seconds;
  const checks: BudgetCheck[] = [];
  const check = (budget: BudgetCheck['budget'], needed: number | undefined): void => {
    const limit = budgets[budget];
    if (limit !== undefined && needed !== undefined) checks.push({ budget, limit, needed, enough: needed <= limit });
  };
  check('tokens', paid.promptTokens + paid.completionTokens);
  check('money', paid.money ?? 0);
  check('minutes', seconds === undefined ? undefined : seconds / 60);
  return checks;
}

function notes(parts: readonly EstimatePart[], rounds: readonly Round[], numbers: readonly number[]): readonly string[] {
  const said: string[] = [];
  const asked = parts.filter(({ requests }) => requests > 0);
  if (numbers.length === 0) said.push('All these rounds are finished: nothing would be sent.');
  if (asked.some(({ basis }) => basis === 'assumed')) said.push('Parts marked "assumed" depend on stages that have not run yet, and no earlier round says how they come out.');
  if (asked.some(({ tokensBy }) => tokensBy === 'characters')) said.push('Tokens marked "~" are guessed from the length of the texts (four characters a token); they are measured once some requests are answered.');
  if (asked.some(({ seconds }) => seconds === undefined)) said.push('There is no time for requests whose rate was not measured yet.');
  if (rounds.some((round) => numbers.includes(round.number) && round.stage('train').status !== 'done' && round.manifest.config.trainer.kind !== 'none')) said.push('The time of training is not in it.');
  return said;
}
