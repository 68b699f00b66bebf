import type { StageName } from '../core/rounds/manifest.ts';
import { applyDecisions, type ApplyOptions } from './applyDecisions.ts';
import { initProject, type InitOptions } from './initProject.ts';
import type { AppPorts } from './ports.ts';
import { runOneStage, runRounds, type RunOptions } from './runRounds.ts';
import { serve, type ServeOptions } from './serve.ts';
import { projectStatus } from './status.ts';
import type { ConvertOptions, ConvertResult } from './datasets/convert.ts';
import type { DatasetDiff, DiffOptions } from './datasets/diff.ts';
import type { DatasetStats, StatsOptions } from './datasets/stats.ts';
import type { ValidateOptions, ValidateResult } from './datasets/validate.ts';

export type App = ReturnType<typeof createApp>;

/** The use cases, joined to what the host provides. Every host (command line, job process, editor) goes through here. */
export function createApp(ports: AppPorts) {
  return {
    init: (options: InitOptions) => initProject(ports, options),
    serve: (options: ServeOptions, signal: AbortSignal, log: (message: string) => void) => serve(ports, options, signal, log),
    runRounds: (options: RunOptions & { readonly rounds: number }) => runRounds(ports, options),
    runStage: (options: RunOptions & { readonly stage: StageName; readonly round?: number | undefined }) => runOneStage(ports, options),
    status: (project: string) => projectStatus(ports, project),
    // Loaded when they are asked for: dialects, rules and their words are large.
    convert: async (options: ConvertOptions): Promise<ConvertResult> => (await import('./datasets/convert.ts')).convert(ports, options),
    diff: async (options: DiffOptions): Promise<DatasetDiff> => (await import('./datasets/diff.ts')).diff(ports, options),
    stats: async (options: StatsOptions): Promise<DatasetStats> => (await import('./datasets/stats.ts')).stats(ports, options),
    validate: async (options: ValidateOptions): Promise<ValidateResult> => (await import('./datasets/validate.ts')).validate(ports, options),
    applyDecisions: (options: ApplyOptions) => applyDecisions(ports, options),
  };
}
