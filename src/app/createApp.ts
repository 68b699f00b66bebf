import type { StageName } from '../core/rounds/manifest.ts';
import type { ApplyOptions } from './applyDecisions.ts';
import type { ComposeDryRunOptions } from './composeDryRun.ts';
import type { InitOptions } from './initProject.ts';
import type { AppPorts } from './ports.ts';
import type { RunOptions } from './runRounds.ts';
import type { ServeOptions } from './serve.ts';
import { projectStatus } from './status.ts';
import type { ConvertOptions } from './datasets/convert.ts';
import type { RunDoctorOptions } from './doctor/runDoctor.ts';
import type { DiffOptions } from './datasets/diff.ts';
import type { ShowRecordOptions } from './datasets/showRecord.ts';
import { rulings } from '../core/review/decision.ts';
import type { DecideOptions } from './review/decidePairs.ts';
import type { ExportOptions } from './review/exportIssue.ts';
import type { ListOptions } from './review/listPairs.ts';
import type { RevertOptions } from './review/revertDecisions.ts';
import type { StatsOptions as ReviewStatsOptions } from './review/reviewStats.ts';
import type { SampleActionOptions } from './samples/sampleActions.ts';
import type { StatsOptions } from './datasets/stats.ts';
import type { ValidateOptions } from './datasets/validate.ts';

export type App = ReturnType<typeof createApp>;

/** The use cases, joined to what the host provides. Every host (command line, job process, editor) goes through here. */
export function createApp(ports: AppPorts) {
  // What works on datasets or models is loaded when it is used: rules, readers, engine and clients are most of the program.
  return {
    init: async (options: InitOptions) => (await import('./initProject.ts')).initProject(ports, options),
    serve: async (options: ServeOptions, signal: AbortSignal, log: (message: string) => void) => (await import('./serve.ts')).serve(ports, options, signal, log),
    runRounds: async (options: RunOptions & { readonly rounds: number }) => (await import('./runRounds.ts')).runRounds(ports, options),
    runStage: async (options: RunOptions & { readonly stage: StageName; readonly round?: number | undefined }) => (await import('./runRounds.ts')).runOneStage(ports, options),
    status: (project: string) => projectStatus(ports, project),
    doctor: async (options: RunDoctorOptions, signal: AbortSignal) => (await import('./doctor/runDoctor.ts')).runDoctor(ports, options, signal),
    discoverServers: async (signal: AbortSignal) => (await import('./doctor/runDoctor.ts')).runDiscovery(signal),
    previewExpansions: async (options: RunOptions & { readonly round?: number | undefined }) => (await import('./runRounds.ts')).previewExpansions(ports, options),
    composeDryRun: async (options: ComposeDryRunOptions) => (await import('./composeDryRun.ts')).composeDryRun(options),
    convert: async (options: ConvertOptions) => (await import('./datasets/convert.ts')).convert(ports, options),
    diff: async (options: DiffOptions) => (await import('./datasets/diff.ts')).diff(ports, options),
    showRecord: async (options: ShowRecordOptions) => (await import('./datasets/showRecord.ts')).showRecord(options),
    stats: async (options: StatsOptions) => (await import('./datasets/stats.ts')).stats(ports, options),
    validate: async (options: ValidateOptions) => (await import('./datasets/validate.ts')).validate(ports, options),
    sampleAction: async (options: SampleActionOptions) => (await import('./samples/sampleActions.ts')).runSampleAction(ports, options),
    applyDecisions: async (options: ApplyOptions) => (await import('./applyDecisions.ts')).applyDecisions(ports, options),
    revertDecisions: async (options: RevertOptions) => (await import('./review/revertDecisions.ts')).revertDecisions(ports, options),
    listPairs: async (options: ListOptions) => (await import('./review/listPairs.ts')).listPairs(options),
    /** The schema of a decision, and the names of rulings. */
    decisionRequests: async () => ({ decideRequestSchema: (await import('./review/decidePairs.ts')).decideRequestSchema, rulings }),
    decidePairs: async (options: DecideOptions) => (await import('./review/decidePairs.ts')).decidePairs(ports, options),
    reviewStats: async (options: ReviewStatsOptions) => (await import('./review/reviewStats.ts')).reviewStats(options),
    exportIssues: async (options: ExportOptions) => (await import('./review/exportIssue.ts')).exportIssues(options),
  };
}
