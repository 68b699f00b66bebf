import type { DatasetEntry, ProjectConfig } from '../core/config/projectConfig.ts';
import type { RuleSettings } from '../core/rules/settings.ts';
import type { Suppressions } from '../core/rules/suppression.ts';
import type { ConfiguredCompanions } from '../node/companionFiles.ts';

/** What looptool.json says of one dataset file. */
export type ProjectDataset = Pick<DatasetEntry, 'dialect' | 'steps'> & { readonly companions: ConfiguredCompanions | undefined };

/**
 * The project that a document belongs to: the nearest folder with a looptool.json, at or above it. The same object as long
 * as its files stay as they are.
 */
export type ServerProject = {
  /** Absolute path of the folder. */
  readonly directory: string;
  /** Undefined while looptool.json cannot be read; then the recommended rules are in force. */
  readonly config: ProjectConfig | undefined;
  readonly rules: RuleSettings;
  readonly suppressions: Suppressions;
  /** The entry of a dataset or held-out set by the absolute path of its file; undefined for files that the project does not name. */
  readonly dataset: (path: string) => ProjectDataset | undefined;
};
