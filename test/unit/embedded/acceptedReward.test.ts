import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEmbeddedTrainer } from '../../../src/app/trainers/embedded.ts';
import { grpoSettingsSchema } from '../../../src/core/config/projectConfig.ts';
import type { TrainRow } from '../../../src/core/dataset/sample.ts';
import type { Decision } from '../../../src/core/review/decision.ts';
import { acceptedLabels, type AcceptedLabels } from '../../../src/core/review/acceptedLabels.ts';
import { foldDecisions } from '../../../src/core/review/foldDecisions.ts';
import { noTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { writeGguf } from '../../../src/embedded/gguf/write.ts';
import { assetsDirectory, tinyCheckpoint, wildWeights } from './support.ts';

const rows = Array.from({ length: 4 }, (_, i): TrainRow => ({
  v: 1, id: `smp_${i}`, labelHash: `lbl_${i}`, family: 'fam', tools: [], messages: [{ role: 'user', content: `request ${i}` }],
  label: { kind: 'calls', calls: [{ name: 'never_said', arguments: {} }] }, origin: 'seed', parents: [], since: 1,
}));
/** An answer without a call is right too. */
const bothCorrect = ({ id, labelHash }: TrainRow): Decision => ({ v: 1, op: 'decide', id, at: '', by: 'ann', sampleId: id, labelHash, ruling: 'bothCorrect', label: { kind: 'noCall' } });
const settings = grpoSettingsSchema.parse({ epochs: 1, promptsPerStep: 4, group: 16, maxNewTokens: 60 });

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'looptool-reward-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function meanReward(name: string, accepted: AcceptedLabels): Promise<number> {
  const { config, tokenizer } = tinyCheckpoint({ context: 512 });
  const initialPath = join(folder, 'initial.gguf');
  writeFileSync(initialPath, writeGguf(config, tokenizer, wildWeights(config), 'f32', 'tiny'));
  const trainer = createEmbeddedTrainer({ settings, threads: 1, assetsDirectory, textKinds: noTextKinds, accepted, relative: (path) => path });
  const directory = join(folder, name);
  const run = await trainer.start({ round: 1, seed: 5, rows, directory, exportDirectory: directory, initial: { fingerprint: 'x', source: 'initial' }, initialPath }, new AbortController().signal);
  const rewards: number[] = [];
  for await (const event of run.events) if (event.type === 'step') rewards.push(event.metrics['reward'] ?? Number.NaN);
  await run.result;
  return rewards.reduce((a, b) => a + b, 0) / rewards.length;
}

it('the embedded trainer pays for an answer that a person called right beside the label', async () => {
  expect(await meanReward('without', acceptedLabels(foldDecisions([])))).toBe(0);
  expect(await meanReward('with', acceptedLabels(foldDecisions(rows.map(bothCorrect))))).toBeGreaterThan(0);
});
