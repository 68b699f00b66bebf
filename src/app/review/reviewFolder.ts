import { resolve } from 'node:path';
import type { ProjectConfig } from '../../core/config/projectConfig.ts';
import { ProjectFiles, readText } from '../../node/projectFiles.ts';
import { correctableFiles, type CorrectableFile } from '../corrections.ts';
import { openProject } from '../project.ts';
import { readApplied } from './appliedLog.ts';

/** A folder that decisions are kept in: a project, or any other that files of predictions are reviewed in. */
export type ReviewFolder = {
  readonly files: ProjectFiles;
  readonly config: ProjectConfig | undefined;
  /** What labels can be written into. */
  readonly datasets: readonly CorrectableFile[];
};

/**
 * Files of predictions need no looptool.json, and neither do the decisions on them that are there already; all else throws
 * as `openProject` does where it is missing. Files that labels were applied to can be written again.
 */
export async function openReviewFolder(root: string, { predictions }: { readonly predictions?: string | undefined } = {}): Promise<ReviewFolder> {
  const files = new ProjectFiles(resolve(root));
  const exists = async (file: string): Promise<boolean> => (await readText(file)) !== undefined;
  const isBare = !(await exists(files.config())) && (predictions !== undefined || (await exists(files.decisions())));
  if (!isBare) {
    const { config } = await openProject(root);
    return { files, config, datasets: correctableFiles(config) };
  }
  const { state } = await readApplied(files);
  return withFiles({ files, config: undefined, datasets: [] }, [...state.changes, ...state.open].flatMap(({ file }) => file ?? []));
}

/** The folder with further files, each once, as looptool.json would name them. */
export function withFiles(folder: ReviewFolder, names: readonly string[]): ReviewFolder {
  return { ...folder, datasets: filesTogether(folder.datasets, names) };
}

export function filesTogether(datasets: readonly CorrectableFile[], names: readonly string[]): readonly CorrectableFile[] {
  const known = new Set(datasets.map(({ file }) => file));
  return [...datasets, ...[...new Set(names)].filter((file) => !known.has(file)).map((file): CorrectableFile => ({ file, steps: 'all' }))];
}
