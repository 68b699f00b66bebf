import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Label, Sample, ToolCall, ToolDefinition } from '../../src/core/dataset/sample.ts';
import { useSha256 } from '../../src/core/hash.ts';
import { Rng } from '../../src/core/random/rng.ts';
import { compareCalls } from '../../src/core/toolcall/compare.ts';
import type { Prediction } from '../../src/core/toolcall/prediction.ts';
import { buildProject } from './builtProject.ts';

const at = '2026-01-01T00:00:00.000Z';
const cities = ['Oslo', 'Bergen', 'Paris', 'Lyon', 'Seoul', 'Busan', 'Kyoto', 'Lima', 'Quito', 'Porto', 'Turin', 'Graz'];
const verdicts = ['LABEL_WRONG', 'PRED_WRONG', 'BOTH_CORRECT', 'BOTH_WRONG'] as const;

/** Makes a project whose round 1 holds `count` mismatches, with tools, dialogues and differences of many kinds; about 3 KB a pair. */
export function writeReviewRound(directory: string, count: number, seed = 1): void {
  useSha256((text) => createHash('sha256').update(text).digest('hex'));
  buildProject(directory, { samples: 1, mismatched: 1 });
  const round = join(directory, '.looptool/rounds/0001');
  mkdirSync(round, { recursive: true });
  const tools = Array.from({ length: 60 }, (_, i) => toolOf(i));
  const files = { train: new LineFile(join(round, 'train.jsonl')), probe: new LineFile(join(round, 'probe.jsonl')), verify: new LineFile(join(round, 'verify.jsonl')) };
  writeFileSync(join(round, 'expand.jsonl'), '');
  for (let n = 0; n < count; n++) writePair(files, n, tools, new Rng(seed, 'review round', n));
  for (const file of Object.values(files)) file.close();
}

function writePair(files: { readonly train: LineFile; readonly probe: LineFile; readonly verify: LineFile }, n: number, tools: readonly ToolDefinition[], rng: Rng): void {
  const called = rng.pick(tools);
  const shown = [called, rng.pick(tools), rng.pick(tools)].filter((tool, i, all) => all.indexOf(tool) === i);
  const [city, other, days] = [rng.pick(cities), rng.pick(cities), rng.between(1, 14)];
  const right: ToolCall = { name: called.name, arguments: { city, days, note: `Case ${n}: the guests of room ${rng.int(400)} want to know it before noon`, options: { unit: 'metric', detail: rng.pick(['low', 'high']) } } };
  const { label, prediction } = sidesOf(n % 6, right, other, shown[1]?.name ?? called.name);
  const sample = makeSample({
    tools: shown,
    messages: [
      { role: 'system', content: 'You are the assistant of a travel desk. Use the tools that you are given, ask where something is missing, and never make values up.' },
      { role: 'user', content: `Good morning! I plan a journey and need some help with it; case ${n}.` },
      { role: 'assistant', content: 'Gladly. Which city do you go to, and for how many days?', calls: [] },
      { role: 'user', content: `To ${city}, for ${days} days. Case ${n}: the guests of room ${rng.int(400)} want to know it before noon.` },
    ],
    label,
  });
  files.train.write({ ...sample, v: 1, origin: 'seed', parents: [], since: 1, occurrence: { file: 'data/train.jsonl', record: n, step: 0 } });
  const entry = entryOf(sample, n);
  const outcome = prediction.kind === 'TRUNCATED' ? 'TRUNCATED' : 'MISMATCH';
  const comparison = label.kind === 'calls' ? { comparison: compareCalls(label.calls, prediction.calls) } : {};
  files.probe.write({ ...entry, type: 'probe', outcome, prediction, ...comparison, ppl: 1 + rng.next() * 4, reply: `<think>\nThe person wants ${city}.\n</think>\n${JSON.stringify(prediction.calls)}` });
  const verdict = rng.pick(verdicts);
  const agreed = rng.chance(0.8);
  const vote = { ...entry, type: 'vote', judge: 'judge-1', simulated: true, promptVersion: 'p1', analysis: `The request names ${city} for ${days} days. The first answer keeps to it in every argument; the second differs.`, approach: `Call ${called.name} with what the request says.`, reply: 'as above' };
  files.verify.write({ ...vote, order: 'LP', verdict });
  files.verify.write({ ...vote, order: 'PL', verdict: agreed ? verdict : rng.pick(verdicts) });
}

function sidesOf(kind: number, right: ToolCall, other: string, otherTool: string): { readonly label: Label; readonly prediction: Prediction } {
  const call = (...calls: ToolCall[]): Prediction => ({ kind: 'CALL', calls, text: '', warnings: [] });
  const label: Label = { kind: 'calls', calls: [right] };
  const given = right.arguments;
  switch (kind) {
    case 0:
      return { label, prediction: call({ ...right, arguments: { ...given, city: other } }) };
    case 1:
      return { label, prediction: call({ ...right, arguments: { city: given['city'] ?? '', days: JSON.stringify(given['days']) } }) };
    case 2:
      return { label: { kind: 'calls', calls: [right, { ...right, arguments: { ...given, city: other } }] }, prediction: call(right) };
    case 3:
      return { label, prediction: call({ ...right, name: otherTool }) };
    case 4:
      return { label, prediction: { kind: 'TEXT_ASK', calls: [], text: 'For which city do you need it?', argument: 'city', warnings: [] } };
    default:
      return { label, prediction: { kind: 'TRUNCATED', calls: [], text: '', warnings: ['cut off after 512 tokens'] } };
  }
}

function toolOf(i: number): ToolDefinition {
  const what = ['forecast', 'hotels', 'flights', 'trains', 'museums', 'restaurants'][i % 6] ?? 'forecast';
  return {
    name: `get_${what}_${Math.floor(i / 6)}`,
    description: `Finds ${what} for a journey, with what a travel desk needs to know of them. Variant ${i}.`,
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string', description: 'Name of the city, in English' },
        days: { type: 'integer', minimum: 1, maximum: 14, description: 'How many days the journey takes' },
        note: { type: 'string', description: 'What else is to be said' },
        options: { type: 'object', properties: { unit: { type: 'string', enum: ['metric', 'imperial'] }, detail: { type: 'string', enum: ['low', 'high'] } } },
      },
      required: ['city', 'days'],
    },
  };
}

function entryOf(sample: Sample, n: number): object {
  return { v: 1, sampleId: sample.id, labelHash: sample.labelHash, requestKey: `key-${n}`, attempt: 1, startedAt: at, elapsedMs: 412, promptTokens: 812, completionTokens: 64 };
}

/** Lines of a file, written in pieces of a megabyte. */
class LineFile {
  readonly #file: number;
  #lines: string[] = [];
  #length = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  write(value: object): void {
    const line = `${JSON.stringify(value)}\n`;
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length > 1 << 20) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    writeSync(this.#file, this.#lines.join(''));
    this.#lines = [];
    this.#length = 0;
  }
}
