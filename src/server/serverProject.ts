import type { ProjectConfig } from '../core/config/projectConfig.ts';
import type { RuleSettings } from '../core/rules/settings.ts';
import type { Suppressions } from '../core/rules/suppression.ts';

/** The project that a document belongs to: the nearest folder with a looptool.json, at or above it. */
export type ServerProject = {
  /** Absolute path of the folder. */
  readonly directory: string;
  /** Undefined while looptool.json cannot be read; then the recommended rules are in force. */
  readonly config: ProjectConfig | undefined;
  readonly rules: RuleSettings;
  readonly suppressions: Suppressions;
};
