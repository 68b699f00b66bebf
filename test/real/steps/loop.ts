import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TrainRow } from '../../../src/core/dataset/sample.ts';
import { foldProbe } from '../../../src/core/rounds/fold.ts';
import { probeEntrySchema, type ProbeEntry } from '../../../src/core/rounds/journalEntries.ts';
import type { RoundManifest, StageName } from '../../../src/core/rounds/manifest.ts';
import { predictionFromReply } from '../../../src/core/toolcall/extract.ts';
import { matchPrediction } from '../../../src/core/toolcall/match.ts';
import { compileTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { demoTextKinds } from '../../../src/demo/textKinds.ts';
import { loadCheckpoint } from '../../../src/embedded/gguf/checkpoint.ts';
import { readJournal } from '../../../src/node/appendJournal.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { compareAnswer, isNearTie, WorstLogProbs } from '../support/compareAnswers.ts';
import { withServer, type RealContext } from '../support/context.ts';
import { CountingProxy } from '../support/countingProxy.ts';
import { referenceAnswers, type ReferenceAnswer } from '../support/embeddedReference.ts';
import type { LlamaServer } from '../support/llamaServer.ts';
import { endSimulated, lastWords, looptool, makeProject } from '../support/project.ts';

const step = 'loop';
const rounds = 2;
const textKinds = compileTextKinds(demoTextKinds);

/** Two whole rounds by the command line; the trainer is a command that has the server load what it made. */
export async function loopStep(context: RealContext): Promise<void> {
  const { results, ports, checkpoint, trainerScript } = context;
  await withServer(context, { slots: 4 }, async (server) => {
    const proxy = await CountingProxy.start(server.port);
    const control = await serveControl(server);
    const argv = [process.execPath, trainerScript, '{export}', '{result}', '{initial}', '{round}', '{seed}', checkpoint, ports.assetsDirectory, control.url];
    const project = makeProject(context, 'loop', proxy.baseUrl, { trainer: { kind: 'command', argv } });
    try {
      const run = await looptool(context, ['run', '--rounds', String(rounds), '--json', '--project', project]);
      results.check(run.code === 0, step, `${rounds} rounds: train, probe, verify, expand, compose, evaluate`, run.code === 0 ? `${proxy.count('answered')} answers of the server` : lastWords(run));
      if (run.code !== 0) return;
      for (let round = 1; round <= rounds; round += 1) await compareRound(context, project, round);
    } finally {
      endSimulated(project);
      await proxy.close();
      await control.close();
    }
  });
}

/** What the trainer command calls when it has new weights: the server is ended and started again with them. */
async function serveControl(server: LlamaServer): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const control = createServer((request, response) => {
    let path = '';
    request.setEncoding('utf8').on('data', (text: string) => (path += text));
    request.once('end', () => {
      const done = (status: number, text: string): void => void response.writeHead(status).end(text);
      server.down().then(() => server.up(path)).then(() => done(200, 'ok'), (error: unknown) => done(500, String(error)));
    });
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => new Promise((resolve) => control.close(() => resolve()));
  return { url: `http://127.0.0.1:${(control.address() as AddressInfo).port}/`, close };
}

async function compareRound(context: RealContext, project: string, round: number): Promise<void> {
  const { results, ports } = context;
  const files = new ProjectFiles(project).round(round);
  const manifest = await files.readManifest();
  if (manifest === undefined) throw new Error(`round ${round} has no manifest`);
  results.check(manifest.trained !== undefined && manifest.trained.fingerprint !== manifest.initial?.fingerprint, step, `round ${round}: the new weights answer`, `probe MATCH ${manifest.stages.probe.counts['MATCH'] ?? 0} of ${manifest.stages.probe.counts['samples'] ?? 0}`);
  for (const stage of ['probe', 'verify', 'expand', 'compose'] as const) results.note(`round ${round}, ${stage}: ${countsOf(manifest, stage)}`);
  const rows = await files.readTrainRows();
  const path = join(files.trainDirectory(), 'result/policy.gguf');
  const { tokenizer } = await loadCheckpoint(path);
  const reference = await referenceAnswers(path, ports.assetsDirectory, rows, manifest.config.probe.retryMaxTokens);
  const probed = foldProbe((await readJournal(files.journal('probe'), probeEntrySchema)).entries, rows);
  let [equal, ties, differ] = [0, 0, 0];
  rows.forEach((row, index) => {
    const [entry, expected] = [probed.get(row.id), reference[index]];
    if (entry === undefined || expected === undefined) throw new Error(`sample ${row.id} of round ${round} has no probe entry`);
    if (entry.reply === expected.text && entry.outcome === outcomeOf(row, expected)) {
      equal += 1;
      return;
    }
    const tokens = tokenizer.encode(entry.reply ?? '').map((id) => ({ text: tokenizer.decode([id]), logProb: NaN }));
    const parting = compareAnswer(expected, tokens, new WorstLogProbs());
    const tie = parting !== undefined && isNearTie(parting);
    if (tie) ties += 1;
    else differ += 1;
    results.note(`${tie ? 'near tie' : 'DIFFERS'}, ${outcomeOf(row, expected)} and ${entry.outcome}, ${parting?.text ?? entry.error ?? ''}`);
  });
  results.check(differ === 0, step, `round ${round}: probe outcomes as the embedded engine's`, `${equal} of ${rows.length} equal, ${ties} near ties, ${differ} differ`);
}

function outcomeOf(row: TrainRow, { text, finishReason }: ReferenceAnswer): ProbeEntry['outcome'] {
  const reply = { content: text, reasoning: '', calls: [], finishReason, logProbs: undefined, promptTokens: undefined, completionTokens: undefined, model: '' };
  return matchPrediction(row.label, predictionFromReply(reply, textKinds), textKinds).outcome;
}

function countsOf({ stages }: RoundManifest, stage: StageName): string {
  return Object.entries(stages[stage].counts).filter(([name]) => !/\..*\./.test(name)).map(([name, count]) => `${name} ${Number(count.toFixed(3))}`).join(', ');
}
