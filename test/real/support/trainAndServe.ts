import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compileTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { grpoSettingsSchema } from '../../../src/core/config/projectConfig.ts';
import { createEmbeddedTrainer } from '../../../src/app/trainers/embedded.ts';
import { loadCheckpoint } from '../../../src/embedded/gguf/checkpoint.ts';
import { useNodeHash } from '../../../src/node/nodeHash.ts';
import { RoundFiles } from '../../../src/node/projectFiles.ts';
import { demoTextKinds } from '../../../src/demo/textKinds.ts';

/**
 * The trainer command of the loop, as a user would write one: trains with the embedded engine, leaves the new weights in
 * {result}, and has the server load them before it ends.
 *
 * Arguments: {export} {result} {initial} {round} {seed}, the checkpoint to start from where {initial} is empty, the folder of
 * the engine's files, and the address that serves a checkpoint whose path is posted to it.
 */
const [exportDirectory = '', resultDirectory = '', initialPath = '', round = '1', seed = '1', first = '', assetsDirectory = '', control = ''] = process.argv.slice(2);
useNodeHash();
const from = initialPath === '' ? first : initialPath;
const directory = join(dirname(resultDirectory), 'engine');
await mkdir(directory, { recursive: true });
const trainer = createEmbeddedTrainer({
  settings: grpoSettingsSchema.parse({ epochs: 1, maxSteps: 6, promptsPerStep: 16, group: 8, updatesPerStep: 2, temperature: 1.5, learningRate: 4e-4, warmupSteps: 1 }),
  threads: 2,
  assetsDirectory,
  textKinds: compileTextKinds(demoTextKinds),
  accepted: () => [],
  relative: (path) => path,
});
const initial = { path: from, fingerprint: (await loadCheckpoint(from)).fingerprint, source: 'initial' as const };
const rows = await new RoundFiles(dirname(exportDirectory)).readTrainRows();
const run = await trainer.start({ round: Number(round), seed: Number(seed), rows, directory, exportDirectory, initial, initialPath: from }, new AbortController().signal);
for await (const event of run.events) console.log(JSON.stringify(event));
const { checkpoint } = await run.result;
const path = join(resultDirectory, 'policy.gguf');
await copyFile(checkpoint.path ?? join(directory, 'checkpoint.gguf'), path);
const response = await fetch(control, { method: 'POST', body: path });
if (!response.ok) throw new Error(`the server did not take the new weights: ${await response.text()}`);
