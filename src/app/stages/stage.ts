import type { ProjectConfig } from '../../core/config/projectConfig.ts';
import { isAbort, isLoopToolError } from '../../core/errors.ts';
import { acceptedLabels, type AcceptedLabels } from '../../core/review/acceptedLabels.ts';
import type { StageName } from '../../core/rounds/manifest.ts';
import { compileTextKinds, type CompiledTextKinds } from '../../core/toolcall/textKinds.ts';
import type { Connections } from '../connections.ts';
import { readDecisions } from '../decisionsFile.ts';
import type { AppPorts } from '../ports.ts';
import type { Project } from '../project.ts';
import type { Reporter, StageProgress } from '../reporter.ts';
import { settingsOf, type Round } from '../round.ts';

export type StageContext = {
  readonly ports: AppPorts;
  readonly project: Project;
  readonly round: Round;
  readonly config: ProjectConfig;
  readonly textKinds: CompiledTextKinds;
  /** Answers that people called right beside the labels, as of the start of the stage. */
  readonly accepted: AcceptedLabels;
  readonly connections: Connections;
  readonly reporter: Reporter;
  readonly progress: StageProgress;
  readonly signal: AbortSignal;
};

/** What it takes to ask a model and to read its answer, in a round or outside of one. */
export type AskContext = Pick<StageContext, 'ports' | 'config' | 'textKinds' | 'accepted' | 'connections' | 'progress' | 'signal'>;

/** Entries that are there, and how one more comes to them: `keep` resolves when it is on disk and among them. */
export type Kept<T> = { readonly entries: readonly T[]; readonly keep: (entry: T) => Promise<void> };

export type StageResult = {
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  /** False when the stage has more to do later in the round (the held-out sets before training). */
  readonly finished?: boolean;
};

/** Does what is missing of one stage; what is there already is taken from the journal. */
export type StageRun = (context: StageContext) => Promise<StageResult>;

export type RoundJob = Pick<StageContext, 'ports' | 'project' | 'round' | 'connections' | 'reporter' | 'signal'>;

/** Runs a stage and keeps its state in the manifest. The caller holds the round's lock. */
export async function runStage(job: RoundJob, stage: StageName, run: StageRun): Promise<void> {
  const { round, ports, reporter } = job;
  const now = () => new Date(ports.clock.now()).toISOString();
  const before = round.stage(stage);
  const { error: _error, endedAt: _endedAt, ...kept } = before;
  await round.updateStage(stage, { ...kept, status: 'running', startedAt: before.startedAt ?? now() });
  const progress = reporter.stage(round.number, stage);
  const config = settingsOf(round, job.project);
  try {
    const decisions = await readDecisions(job.project.files.root);
    decisions.warnings.forEach((warning) => reporter.warning(warning));
    const result = await run({ ...job, config, textKinds: compileTextKinds(config.textKinds), accepted: acceptedLabels(decisions.state), progress });
    const prompting = job.connections.promptingNotes;
    if (Object.keys(prompting).length > 0) await round.update({ prompting: { ...round.manifest.prompting, ...prompting } });
    const finished = result.finished ?? true;
    const state = { ...round.stage(stage), status: finished ? ('done' as const) : ('pending' as const), counts: { ...result.counts }, notes: [...result.notes] };
    await round.updateStage(stage, { ...state, ...(finished ? { endedAt: now() } : {}) });
    progress.end('done', result.counts, result.notes, !finished);
  } catch (error) {
    const status = isAbort(error) || isLoopToolError(error, 'budget-spent') ? 'stopped' : 'failed';
    const state = round.stage(stage);
    const message = isLoopToolError(error) ? error.userMessage : error instanceof Error ? error.message : String(error);
    await round.updateStage(stage, { ...state, status, endedAt: now(), ...(status === 'failed' ? { error: message } : {}) });
    progress.end(status, state.counts, state.notes);
    throw error;
  }
}
