import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Steps } from '../../core/dataset/dialect.ts';
import { LoopToolError } from '../../core/errors.ts';
import { makeBaseline } from '../../core/rules/baseline.ts';
import type { Profile } from '../../core/rules/rule.ts';
import { unifiedDiff } from '../../core/text/unifiedDiff.ts';
import { writeFileAtomic } from '../../node/atomicFile.ts';
import type { Progress } from '../../node/datasetSource.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import { SpillFile } from '../../node/spillFile.ts';
import { makeStateFolder } from '../../node/stateFolder.ts';
import type { AppPorts } from '../ports.ts';
import { openProject } from '../project.ts';
import { checkDatasets, checkStream, type CheckedFile, type CheckOptions } from './checkDatasets.ts';
import { fileEdits, rewriteRecords } from './fixFile.ts';
import { inputFiles, requireDialect, stdinName, type InputFile } from './inputs.ts';
import { lintState, type LintState } from './lintProject.ts';

export type ValidateOptions = {
  /** Files or folders to check, `-` for the standard input; those of the project when there are none. */
  readonly files: readonly string[];
  readonly project: string;
  readonly dialect?: string | undefined;
  readonly steps?: Steps | undefined;
  readonly profile?: Profile | undefined;
  /** `preview` works the changes out, `write` makes them. Safe fixes only. */
  readonly fix: 'off' | 'preview' | 'write';
  /** Whether findings tell whose they are, by `sampleId` and `print`. */
  readonly named: boolean;
  readonly updateBaseline: boolean;
  readonly threads?: number | undefined;
  readonly stdin: Readable;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
};

export type ValidateResult = {
  readonly files: readonly CheckedFile[];
  /** Unified diffs of the safe fixes, where they are asked for. */
  readonly diffs: readonly { readonly path: string; readonly diff: string; readonly records: number }[];
  readonly written: boolean;
  /** Where the baseline was written, and how many findings it knows. */
  readonly baseline?: { readonly path: string; readonly findings: number };
  /** Lets go of the findings. */
  readonly close: () => void;
};

/** Checks datasets by every rule that the editor knows, and puts right what can be put right safely when asked. */
export async function validate(ports: AppPorts, options: ValidateOptions): Promise<ValidateResult> {
  requireDialect(options.dialect);
  const files = new ProjectFiles(resolve(options.project));
  const config = existsSync(files.config()) ? (await openProject(options.project)).config : undefined;
  const state = await lintState(files, config, options.profile);
  const findings = new SpillFile();
  const check: CheckOptions = {
    findings,
    settings: state.settings,
    suppressions: state.suppressions,
    baseline: options.updateBaseline ? undefined : state.baseline,
    fix: options.fix !== 'off',
    named: options.named,
    keepPrints: options.updateBaseline,
    assetsDirectory: ports.assetsDirectory,
    threads: options.threads,
    signal: options.signal,
    onProgress: options.onProgress,
  };
  const close = (): void => findings.close();
  try {
    return { ...(await checkAndFix(options, check, state)), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function checkAndFix(options: ValidateOptions, check: CheckOptions, state: LintState): Promise<Omit<ValidateResult, 'close'>> {
  const checked = await checkAll(options, check);
  if (options.updateBaseline) {
    const baseline = makeBaseline(checked.flatMap(({ prints }) => prints));
    await makeStateFolder(new ProjectFiles(resolve(options.project)));
    await writeFileAtomic(state.baselineFile, `${JSON.stringify(baseline, undefined, 1)}\n`);
    return { files: checked, diffs: [], written: false, baseline: { path: state.baselineFile, findings: checked.reduce((sum, { prints }) => sum + prints.length, 0) } };
  }
  return { files: checked, ...(await fixes(checked, options.fix)) };
}

async function checkAll(options: ValidateOptions, check: CheckOptions): Promise<readonly CheckedFile[]> {
  const named = options.files.filter((file) => file !== '-');
  const checked: CheckedFile[] = [];
  if (options.files.includes('-')) {
    const dialect = options.dialect;
    const read = await checkStream(options.stdin, { path: stdinName, steps: options.steps ?? 'all', ...(dialect === undefined ? {} : { dialect }) }, { ...check, fix: false });
    checked.push(read);
  }
  if (named.length > 0 || checked.length === 0) checked.push(...(await checkDatasets(await filesToCheck(named, options), check)));
  return checked;
}

async function filesToCheck(named: readonly string[], { project, dialect, steps }: ValidateOptions): Promise<readonly InputFile[]> {
  return inputFiles(named.length > 0 ? named.map((path) => ({ absolute: resolve(path), path, dialect, steps: steps ?? 'all' })) : await projectEntries(project, dialect, steps));
}

async function projectEntries(project: string, dialect: string | undefined, steps: Steps | undefined) {
  const root = resolve(project);
  if (!existsSync(new ProjectFiles(root).config())) {
    throw new LoopToolError('config-missing', `There is no looptool.json in ${root} that names datasets. Name the files to check (looptool validate FILE), or make a project: looptool init.`);
  }
  const { config, files } = await openProject(project);
  return [...config.datasets.seed, ...config.datasets.heldOut].map((entry) => ({
    absolute: files.absolute(entry.path),
    path: entry.path,
    dialect: dialect ?? entry.dialect,
    steps: steps ?? entry.steps,
    companions: files.companions(entry),
  }));
}

async function fixes(checked: readonly CheckedFile[], mode: ValidateOptions['fix']): Promise<Pick<ValidateResult, 'diffs' | 'written'>> {
  if (mode === 'off') return { diffs: [], written: false };
  const diffs: { path: string; diff: string; records: number }[] = [];
  for (const { path, absolute, fixed } of checked) {
    if (fixed.length === 0 || absolute === undefined) continue;
    const text = await readFile(absolute, 'utf8');
    diffs.push({ path, diff: unifiedDiff(path, text, fileEdits(text, fixed)), records: fixed.length });
    if (mode === 'write') await rewriteRecords(absolute, fixed);
  }
  return { diffs, written: mode === 'write' };
}
