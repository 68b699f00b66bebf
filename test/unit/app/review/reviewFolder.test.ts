import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { applyDecisions } from '../../../../src/app/applyDecisions.ts';
import { nodePorts } from '../../../../src/app/nodePorts.ts';
import { decidePairs } from '../../../../src/app/review/decidePairs.ts';
import { exportIssues } from '../../../../src/app/review/exportIssue.ts';
import { listPairs } from '../../../../src/app/review/listPairs.ts';
import { revertDecisions } from '../../../../src/app/review/revertDecisions.ts';
import { reviewStats } from '../../../../src/app/review/reviewStats.ts';
import { queueSpecSchema } from '../../../../src/core/review/queue/queueSpec.ts';
import { openaiRow, weatherTool } from '../../../builders/datasetText.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const ports = nodePorts('dist/cli.js');
const row = (label: string, prediction: string, n: number): string =>
  JSON.stringify({ ...(JSON.parse(openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: label } }], `Weather in Lyon ${n}?`)) as object), prediction: [{ name: 'get_weather', arguments: { city: prediction } }] });

function folderOfAnswers(): { readonly project: string; readonly predictions: string } {
  const project = mkdtempSync(join(tmpdir(), 'looptool-answers-'));
  folders.push(project);
  const predictions = join(project, 'answers.jsonl');
  writeFileSync(predictions, `${row('Paris', 'Lyon', 1)}\n${row('Oslo', 'Oslo', 2)}\n${row('Rome', 'Lyon', 3)}\n`);
  return { project, predictions };
}

describe('a folder without a looptool.json', () => {
  it('is reviewed, corrected and put back by a file of predictions alone', async () => {
    const { project, predictions } = folderOfAnswers();
    const before = readFileSync(predictions, 'utf8');
    const { pairs, total } = await listPairs({ project, predictions, spec: queueSpecSchema.parse({ order: 'file' }), limit: 10 });
    expect(total).toBe(2);
    const sampleId = pairs[0]?.sampleId ?? '';
    expect((await decidePairs(ports, { project, predictions, by: 'ann', requests: [{ sampleId, ruling: 'takePrediction' }] })).decided).toHaveLength(1);
    expect((await exportIssues({ project, predictions, sampleIds: [sampleId] })).markdown).toMatch(/-.*Paris[^]*\+.*Lyon/);

    const applied = await applyDecisions(ports, { project, predictions, write: true, by: 'ann' });
    expect(applied.files.map(({ edits }) => edits.length)).toEqual([1]);
    expect(readFileSync(predictions, 'utf8').split('\n').slice(1)).toEqual(before.split('\n').slice(1));
    expect(readFileSync(predictions, 'utf8')).not.toBe(before);
    expect(await reviewStats({ project, predictions })).toMatchObject({ decisions: 1, applied: [{ name: 'person', count: 1 }] });

    // The audit names the file: what was decided before needs no predictions.
    const reverted = await revertDecisions(ports, { project, which: { ids: [applied.batch ?? ''] }, write: true, by: 'ann' });
    expect(reverted.refused).toEqual([]);
    expect(readFileSync(predictions, 'utf8')).toBe(before);
  });

  it('has nothing to say of rounds, and gets no folder of ours for being asked', async () => {
    const { project } = folderOfAnswers();
    await expect(listPairs({ project, spec: queueSpecSchema.parse({}), limit: 1 })).rejects.toThrow('There is no looptool.json');
    expect(existsSync(join(project, '.looptool'))).toBe(false);
  });
});
