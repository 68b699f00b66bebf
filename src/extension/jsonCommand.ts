import type * as z from 'zod';
import { l10n, ProgressLocation, window } from 'vscode';
import { LoopToolError, type ErrorCode } from '../core/errors.ts';
import { runnerEventSchema } from '../protocol/runnerEvents.ts';
import { runCommandLine } from './commandLine.ts';
import type { Project } from './projects.ts';
import type { Services } from './services.ts';
import { jsonOrUndefined } from '../core/json/jsonOrUndefined.ts';

/**
 * The result of a command of the command line, with `--json`, in a process of its own: for what reads every journal. Throws
 * LoopToolError with what the command says.
 */
export async function jsonCommand<S extends z.ZodType>(services: Services, project: Project, argv: readonly string[], { schema, title }: { readonly schema: S; readonly title: string }): Promise<z.infer<S>> {
  const cli = services.context.asAbsolutePath('dist/cli.js');
  const { output, errors } = await window.withProgress({ location: ProgressLocation.Window, title }, () => runCommandLine(cli, [...argv, '--json', '--project', project.directory], project.directory));
  for (const line of output.split('\n').reverse()) {
    const event = runnerEventSchema.safeParse(jsonOrUndefined(line)).data;
    if (event?.type === 'job-end' && event.status === 'failed') throw new LoopToolError((event.code ?? 'engine-failed') as ErrorCode, event.message ?? '');
    if (event?.type === 'result') return schema.parse(event.data);
  }
  throw new LoopToolError('engine-failed', errors.trim().split('\n').at(-1) || l10n.t('The command line of LoopTool ended without a result. The log says more.'));
}
