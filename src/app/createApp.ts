import type { StageName } from '../core/rounds/manifest.ts';
import { applyDecisions, type ApplyOptions } from './applyDecisions.ts';
import { initProject, type InitOptions } from './initProject.ts';
import type { AppPorts } from './ports.ts';
import { runOneStage, runRounds, type RunOptions } from './runRounds.ts';
import { serve, type ServeOptions } from './serve.ts';
import { projectStatus } from './status.ts';
import { convert, type ConvertOptions } from './datasets/convert.ts';
import { diff, type DiffOptions } from './datasets/diff.ts';
import { stats, type StatsOptions } from './datasets/stats.ts';
import { validate, type ValidateOptions } from './datasets/validate.ts';

export type App = ReturnType<typeof createApp>;

/** The use cases, joined to what the host provides. Every host (command line, job process, editor) goes through here. */
export function createApp(ports: AppPorts) {
  return {
    init: (options: InitOptions) => initProject(ports, options),
    serve: (options: ServeOptions, signal: AbortSignal, log: (message: string) => void) => serve(ports, options, signal, log),
    runRounds: (options: RunOptions & { readonly rounds: number }) => runRounds(ports, options),
    runStage: (options: RunOptions & { readonly stage: StageName; readonly round?: number | undefined }) => runOneStage(ports, options),
    status: (project: string) => projectStatus(ports, project),
    convert: (options: ConvertOptions) => convert(ports, options),
    diff: (options: DiffOptions) => diff(ports, options),
    stats: (options: StatsOptions) => stats(ports, options),
    validate: (options: ValidateOptions) => validate(ports, options),
    applyDecisions: (options: ApplyOptions) => applyDecisions(ports, options),
  };
}
