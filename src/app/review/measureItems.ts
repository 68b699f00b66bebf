import type { ProjectConfig } from '../../core/config/projectConfig.ts';
import { promptVersion } from '../../core/llm/prompts/judge.ts';
import type { DecisionState } from '../../core/review/decisionState.ts';
import { measure } from '../../core/review/measure/measure.ts';
import type { Measurement } from '../../core/review/measure/measurement.ts';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import type { ProjectFiles } from '../../node/projectFiles.ts';
import { readProjectPrompts } from '../prompts/projectPrompts.ts';

export type MeasureFacts = { readonly items: readonly QueueItem[]; readonly round: number | undefined; readonly state: DecisionState };

/** What decisions say of the judge over the pairs of a source. Without a project's settings nothing is said of the gate. */
export async function measureItems(files: ProjectFiles, config: ProjectConfig | undefined, { items, round, state }: MeasureFacts): Promise<Measurement> {
  const roundGate = round === undefined ? undefined : (await files.round(round).readManifest())?.gate;
  const gate = roundGate === undefined ? {} : { roundGate };
  if (config === undefined) return measure({ items, round, state, ...gate });
  const { judge } = config.endpoints;
  const simulated = judge.kind === 'simulated';
  // A folder that cannot be read is said where something is asked.
  const prompts = (await readProjectPrompts(files, config).catch(() => undefined))?.prompts;
  const next = 'model' in judge ? { next: { settings: config.verify, judge: { judge: judge.model, promptVersion: promptVersion([], prompts), simulated } } } : {};
  return measure({ items, round, state, simulated: new Set(simulated ? [judge.model] : []), ...next, ...gate });
}
