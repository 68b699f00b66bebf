import type { ProjectConfig } from '../core/config/projectConfig.ts';
import type { Label } from '../core/dataset/sample.ts';
import { truthRowSchema } from '../core/dataset/truth.ts';
import { LoopToolError } from '../core/errors.ts';
import { parseLine } from '../node/jsonLine.ts';
import type { ProjectFiles } from '../node/projectFiles.ts';
import { readLines } from '../node/readLines.ts';

/** Right labels by sample id. The report alone may call this: no stage sees the truth. */
export async function readTruth(files: ProjectFiles, config: ProjectConfig): Promise<ReadonlyMap<string, Label> | undefined> {
  if (config.datasets.truth === undefined) return undefined;
  const truth = new Map<string, Label>();
  const path = files.absolute(config.datasets.truth);
  for await (const line of readLines(path)) {
    if (line.text.trim() === '') continue;
    const parsed = parseLine(line.text);
    const row = parsed.ok ? truthRowSchema.safeParse(parsed.value) : undefined;
    if (!row?.success) throw new LoopToolError('dataset-unreadable', `${path}:${line.number} is not a truth row: {"id": …, "label": …}. Correct it, or remove datasets.truth from looptool.json.`);
    truth.set(row.data.id, row.data.label);
  }
  return truth;
}
