import { dirname } from 'node:path';
import { l10n, ProgressLocation, TabInputCustom, TabInputText, Uri, window, type CancellationToken, type Progress } from 'vscode';
import { LoopToolError } from '../../core/errors.ts';
import { checkedFilesSchema, type CheckedFiles } from '../../protocol/checkedFiles.ts';
import { runnerEventSchema, type RunnerEvent } from '../../protocol/runnerEvents.ts';
import { runCommandLine } from '../commandLine.ts';
import type { Project } from '../projects.ts';
import type { Services } from '../services.ts';
import type { ListedFinding } from './findingsModel.ts';
import type { CheckResult } from './findingsView.ts';

/** What is checked: files and folders, or all datasets of a project. */
type Target = { readonly paths: readonly string[]; readonly project: Project | undefined; readonly directory: string; readonly title: string };

/**
 * Checks files and folders that need not be open, of any size and Parquet too, in a process of its own; the findings go into
 * the findings view, and into the Problems of files that are not open.
 */
export async function checkDataset(services: Services, argument: unknown, others: unknown): Promise<void> {
  const target = await targetOf(services, argument, others);
  if (target === undefined) return;
  const options = { location: ProgressLocation.Notification, title: l10n.t('Checking {0}', target.title), cancellable: true };
  const files = await window.withProgress(options, (progress, token) => validate(services, target, progress, token));
  if (files === undefined) return;
  services.checkedProblems.show(files);
  await services.findings.showCheck(resultOf(target.title, files));
}

async function targetOf(services: Services, argument: unknown, others: unknown): Promise<Target | undefined> {
  const uris = (Array.isArray(others) && others.length > 0 ? others : [argument]).filter((one): one is Uri => one instanceof Uri && one.scheme === 'file');
  if (uris.length > 0) return named(services, uris);
  const open = fileInFront();
  if (open !== undefined) return named(services, [open]);
  const project = services.projects.all.length > 0 ? await services.projects.choose() : undefined;
  if (project !== undefined) return { paths: [], project, directory: project.directory, title: project.label };
  if (services.projects.all.length > 0) return undefined;
  const picked = await window.showOpenDialog({ canSelectMany: true, filters: { [l10n.t('Datasets')]: ['jsonl', 'json', 'ndjson', 'parquet'] }, title: l10n.t('Check which datasets?') });
  return picked === undefined || picked.length === 0 ? undefined : named(services, picked);
}

/** Also of a tab that is no text, or too large for one. */
function fileInFront(): Uri | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = input instanceof TabInputText || input instanceof TabInputCustom ? input.uri : undefined;
  return uri?.scheme === 'file' && /\.(jsonl?|ndjson|parquet)$/i.test(uri.path) && !uri.path.endsWith('/looptool.json') ? uri : undefined;
}

function named({ projects }: Services, uris: readonly Uri[]): Target {
  const [first] = uris;
  const project = first === undefined ? undefined : projects.of(first);
  const name = first?.path.split('/').at(-1) ?? '';
  return {
    paths: uris.map(({ fsPath }) => fsPath),
    project,
    directory: project?.directory ?? dirname(first?.fsPath ?? '.'),
    title: uris.length === 1 ? name : l10n.t('{0} and {1} more', name, uris.length - 1),
  };
}

async function validate({ context }: Services, { paths, directory }: Target, progress: Progress<{ message?: string; increment?: number }>, token: CancellationToken): Promise<CheckedFiles | undefined> {
  const stop = new AbortController();
  token.onCancellationRequested(() => stop.abort());
  let result: unknown;
  let failure: string | undefined;
  let percent = 0;
  const onLine = (line: string): void => {
    const event = parseEvent(line);
    if (event?.type === 'result') result = event.data;
    if (event?.type === 'job-end') failure = event.message;
    if (event?.type !== 'reading' || event.total === undefined) return;
    const now = Math.floor((100 * event.done) / Math.max(1, event.total));
    progress.report({ increment: now - percent, message: l10n.t('{0} of {1} MB', Math.round(event.done / 1e6), Math.round(event.total / 1e6)) });
    percent = now;
  };
  const argv = ['validate', '--json', '--project', directory, ...(paths.length > 0 ? ['--', ...paths] : [])];
  const { exitCode, errors } = await runCommandLine(context.asAbsolutePath('dist/cli.js'), argv, directory, { signal: stop.signal, onLine });
  if (token.isCancellationRequested) return undefined;
  const files = checkedFilesSchema.safeParse(result);
  if (files.success) return files.data;
  throw new LoopToolError('engine-failed', failure ?? l10n.t('The check ended with code {0}. {1}', exitCode, errors.trim().slice(-1000)));
}

function parseEvent(line: string): RunnerEvent | undefined {
  try {
    return runnerEventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    // Something else that the process printed.
    return undefined;
  }
}

function resultOf(title: string, files: CheckedFiles): CheckResult {
  const notes = files.flatMap(({ path, dialect, records, findings, counts, notes: own }) => {
    const name = path.split(/[\\/]/).at(-1) ?? path;
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return [
      ...own.map((note) => `${name}: ${note}`),
      ...(dialect === 'unknown' && records > 0 ? [l10n.t('{0}: no known dialect', name)] : []),
      ...(all > findings.length ? [l10n.t('{0}: {1} more findings are counted, not listed', name, (all - findings.length).toLocaleString('en'))] : []),
    ];
  });
  return { title, findings: files.flatMap(listed), notes, several: files.length > 1 };
}

function listed({ path, container, findings }: CheckedFiles[number]): readonly ListedFinding[] {
  const file = Uri.file(path).toString();
  return findings.map(({ rule, severity, message, record, tool, line, column, endLine, endColumn }) => ({
    rule,
    severity,
    message,
    file,
    record: record - 1,
    place: container === 'parquet' ? undefined : { line: line - 1, character: column - 1, endLine: endLine - 1, endCharacter: endColumn - 1 },
    tool,
  }));
}
