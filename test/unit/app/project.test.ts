import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openProject, readCorpus } from '../../../src/app/project.ts';
import { weatherRows, writeRemoteProject } from '../../runner/support/remoteProject.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'looptool-test-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Row = { readonly tools: unknown; readonly messages: readonly object[] };
const lines = (...rows: readonly unknown[]) => rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');

async function corpus() {
  const project = await openProject(folder);
  return await readCorpus(project.files, project.config);
}

it('what a held-out set measures with is never trained on, nor are other steps of its dialogues', async () => {
  writeRemoteProject(folder, 'http://127.0.0.1:1/v1', { samples: 6 });
  // A cast: rows of the builder are plain data in this form.
  const [same, other] = weatherRows(2, 4) as readonly Row[];
  const laterTurn = { ...other, messages: [...(other?.messages ?? []), { role: 'tool', tool_call_id: 'call_1', content: 'sunny' }, { role: 'user', content: 'and tomorrow?' }, { role: 'assistant', content: 'I do not know.' }] };
  writeFileSync(join(folder, 'data/heldout.jsonl'), lines(same, laterTurn, '{"messages": ['));

  const { samples, notes } = await corpus();

  expect(samples.map(({ sample }) => sample.messages.at(-1)?.content)).toEqual([0, 1, 4, 5].map((index) => `weather in Town${index}`));
  expect(notes).toEqual([
    '2 samples of the training corpus stand in a held-out set too (or share its dialogue): left out.',
    '1 records or steps of the held-out files cannot be read and are not measured (looptool validate lists them).',
  ]);
});

it('a corpus that is wholly held out is refused, with what to do', async () => {
  writeRemoteProject(folder, 'http://127.0.0.1:1/v1', { samples: 3 });
  writeFileSync(join(folder, 'data/heldout.jsonl'), lines(...weatherRows(0, 3)));
  await expect(corpus()).rejects.toMatchObject({ code: 'dataset-unreadable', userMessage: expect.stringContaining('datasets.heldOut') as string });
});
