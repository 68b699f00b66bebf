import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lintSettingsSchema, type LintSettings, type ProjectConfig } from '../../core/config/projectConfig.ts';
import { LoopToolError } from '../../core/errors.ts';
import { baselineSchema, type Baseline } from '../../core/rules/baseline.ts';
import { requestKey } from '../../core/rules/requestKey.ts';
import type { Profile } from '../../core/rules/rule.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { ruleSettings, type RuleSettings } from '../../core/rules/settings.ts';
import { suppressionSchema, type Suppression } from '../../core/rules/suppression.ts';
import { readDatasetFile } from '../../node/datasetFiles.ts';
import type { ProjectFiles } from '../../node/projectFiles.ts';
import { systemErrorCode } from '../../node/atomicFile.ts';
import { readLines } from '../../node/readLines.ts';
import { jsonOrUndefined } from '../../core/json/jsonOrUndefined.ts';

/** What a project says of findings: settings, what people suppressed (files by absolute path), what a baseline knows. */
export type LintState = { readonly settings: RuleSettings; readonly suppressions: readonly Suppression[]; readonly baseline: Baseline | undefined; readonly baselineFile: string };

/** The state of a project; without one, the rules as they come. `profile` overrules that of looptool.json. */
export async function lintState(files: ProjectFiles, config: ProjectConfig | undefined, profile?: Profile): Promise<LintState> {
  const lint = config?.lint ?? lintSettingsSchema.parse({});
  const requests = await readBenchmarkRequests(files, lint);
  const baselineFile = lint.baseline === undefined ? join(files.state(), 'baseline.json') : files.absolute(lint.baseline);
  return {
    settings: ruleSettings(profile === undefined ? lint : { ...lint, profile }, rules, requests),
    suppressions: (await readSuppressions(files.suppressions())).map((one) => inProject(files, one)),
    baseline: await readBaseline(baselineFile),
    baselineFile,
  };
}

/** What the benchmarks of a project ask (`requestKey`). Throws for files that cannot be read. */
export async function readBenchmarkRequests(files: ProjectFiles, lint: LintSettings): Promise<readonly string[]> {
  const requests: string[] = [];
  for (const path of lint.benchmarks) {
    const { reading } = await readDatasetFile(files.absolute(path), { path, steps: 'all' });
    for (const { sample } of reading.samples) {
      const key = requestKey(sample);
      if (key !== undefined) requests.push(key);
    }
  }
  return requests;
}

/** With the absolute path of its file, as `Suppressions.forFile` is asked. */
export function inProject(files: ProjectFiles, suppression: Suppression): Suppression {
  return 'file' in suppression ? { ...suppression, file: files.absolute(suppression.file) } : suppression;
}

async function readSuppressions(path: string): Promise<readonly Suppression[]> {
  const suppressions: Suppression[] = [];
  for await (const { text, number } of readLines(path)) {
    if (text.trim() === '') continue;
    const parsed = suppressionSchema.safeParse(jsonOrUndefined(text));
    if (!parsed.success) throw new LoopToolError('config-invalid', `${path}:${number} is not a suppression. Correct the line, or remove it.`);
    suppressions.push(parsed.data);
  }
  return suppressions;
}

async function readBaseline(path: string): Promise<Baseline | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = baselineSchema.safeParse(jsonOrUndefined(text));
  if (parsed.success) return parsed.data;
  throw new LoopToolError('config-invalid', `${path} is not a baseline. Remove it, or make it anew: looptool validate --update-baseline`);
}
