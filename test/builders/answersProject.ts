import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readDataset, recogniseDialect } from '../../src/core/dataset/dataset.ts';
import type { Sample } from '../../src/core/dataset/sample.ts';
import { loadCompanions } from '../../src/node/companionFiles.ts';

export const questionsFile = 'data/q.json';
export const answersFile = 'data/possible_answer/q.json';

export const bookTool = {
  name: 'trips.book',
  description: 'Books a trip',
  parameters: {
    type: 'dict',
    properties: { city: { type: 'string' }, nights: { type: 'integer' }, meal: { type: 'string' }, price: { type: 'float' }, guest: { type: 'dict', properties: { name: { type: 'string' }, age: { type: 'integer' } } } },
    required: ['city', 'nights'],
  },
};
export const cancelTool = { name: 'trips.cancel', description: 'Cancels a trip', parameters: { type: 'dict', properties: { id: { type: 'integer' } }, required: ['id'] } };

/** A question in the manner of BFCL v2 and later. */
export function bfclQuestion(id: string, text = `Request ${id}`): string {
  return JSON.stringify({ id, question: [[{ role: 'user', content: text }]], function: [bookTool, cancelTool] });
}

/** A question in the manner of ACEBench. */
export function aceQuestion(id: string): string {
  return JSON.stringify({ id, question: `user: Request ${id}\n`, function: [{ ...bookTool, parameters: { ...bookTool.parameters, type: 'object' } }, cancelTool], time: '' });
}

/** A project whose dataset has its labels in another file; both as texts. */
export function writeAnswersProject(directory: string, questions: string, answers: string, config: object = {}): void {
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  };
  write(questionsFile, questions);
  write(answersFile, answers);
  write('looptool.json', JSON.stringify({ version: 1, name: 'answers', datasets: { seed: [{ path: questionsFile }], heldOut: [], ...config }, endpoints: { policy: { kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1', model: 'tiny' }, judge: { kind: 'simulated', model: 'simulated-judge' }, generator: { kind: 'simulated', model: 'simulated-generator' } } }));
}

/** The samples as they stand there now. */
export async function answeredSamples(directory: string, file = questionsFile): Promise<readonly Sample[]> {
  const text = readFileSync(join(directory, file), 'utf8');
  const { companions } = await loadCompanions(join(directory, file), recogniseDialect(text).dialect);
  return readDataset(text, { file, steps: 'all', companions }).samples.map(({ sample }) => sample);
}

export function appendDecision(directory: string, sample: Sample, decision: object): void {
  mkdirSync(join(directory, '.looptool'), { recursive: true });
  appendFileSync(join(directory, '.looptool/decisions.jsonl'), `${JSON.stringify({ v: 1, op: 'decide', id: `d-${sample.id}`, at: '2026-02-03T04:05:06.000Z', by: 'ann', sampleId: sample.id, labelHash: sample.labelHash, ruling: 'takePrediction', ...decision })}\n`);
}
