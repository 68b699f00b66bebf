import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grpoSettingsSchema } from '../../../src/core/config/projectConfig.ts';
import type { TrainRow } from '../../../src/core/dataset/sample.ts';
import { Rng } from '../../../src/core/random/rng.ts';
import type { TrainEvent, TrainResult } from '../../../src/core/training/trainerPort.ts';
import { checkpointFingerprint } from '../../../src/embedded/gguf/checkpoint.ts';
import { readGguf } from '../../../src/embedded/gguf/read.ts';
import { Team } from '../../../src/embedded/team.ts';
import { runGrpo, type GrpoRun } from '../../../src/embedded/training/grpoRun.ts';
import { assetsDirectory, tinyCheckpoint } from './support.ts';

const initial = tinyCheckpoint();
const settings = grpoSettingsSchema.parse({ epochs: 2, promptsPerStep: 4, group: 8, maxNewTokens: 5, learningRate: 5e-3 });
// 14 rows, 4 a step: epochs of 4 steps whose last is short.
const rows = Array.from({ length: 14 }, (_, i): TrainRow => ({
  v: 1, id: `smp_${i}`, labelHash: `lbl_${i}`, family: 'fam', tools: [], messages: [{ role: 'user', content: `request ${i}` }], label: { kind: 'noCall' },
  origin: 'seed', parents: [], since: 1,
}));
const encodePrompt = (row: TrainRow): number[] => initial.tokenizer.encode(`<|im_start|>user\n${row.id}<|im_end|>\n`);
/** Right when the first letter is in the first half of the alphabet: about half of a wild model's answers. */
const reward = (_: TrainRow, answer: string): number => ((answer.codePointAt(0) ?? 0) % 2);

class Crash extends Error {}

describe('a GRPO run', () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'looptool-grpo-'));
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  async function run(name: string, over: Partial<GrpoRun> = {}, threads = 1): Promise<{ result: TrainResult; events: TrainEvent[]; directory: string }> {
    const directory = join(base, name);
    const events: TrainEvent[] = [];
    const team = await Team.start(initial.config, { assetsDirectory, threads });
    try {
      const result = await runGrpo({
        team, initial, rows, settings, seed: 5, directory, encodePrompt, reward, signal: new AbortController().signal, checkpointEvery: 3,
        ...over, onEvent: (e) => {
          events.push(e);
          over.onEvent?.(e);
        },
      });
      return { result, events, directory };
    } finally {
      await team.close();
    }
  }

  const files = (directory: string): Record<string, string> =>
    Object.fromEntries(readdirSync(directory).sort().map((f) => [f, checkpointFingerprint(readFileSync(join(directory, f)))]));

  it('walks every row once an epoch, writes its files and reports each step', async () => {
    const seen: string[] = [];
    const { result, events, directory } = await run('whole', { reward: (row, answer) => (seen.push(row.id), reward(row, answer)) });
    expect(result.steps).toBe(8);
    expect(Object.keys(files(directory))).toEqual(['checkpoint.gguf', 'epoch-01.gguf', 'metrics.jsonl', 'result.json']);
    expect(result.checkpoint).toEqual({ path: join(directory, 'checkpoint.gguf'), fingerprint: files(directory)['checkpoint.gguf'], source: 'embedded' });
    const steps = events.filter((e) => e.type === 'step');
    expect(steps.map((e) => e.epoch)).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
    for (const e of steps) expect(Object.keys(e.metrics)).toEqual(expect.arrayContaining(['reward', 'deadGroups', 'allRight', 'length', 'entropy', 'clipShare', 'gradientNorm']));
    expect(readFileSync(join(directory, 'metrics.jsonl'), 'utf8').trim().split('\n').map((l) => JSON.parse(l) as unknown)).toEqual(
      steps.map((e) => ({ step: e.step, epoch: e.epoch, metrics: e.metrics })),
    );
    expect(new Set(seen)).toEqual(new Set(rows.map((r) => r.id)));
    expect(Object.keys(result.passRates ?? {}).sort()).toEqual(rows.map((r) => r.id).sort());
    const model = readGguf(readFileSync(join(directory, 'checkpoint.gguf')));
    expect(model.config).toEqual(initial.config);
    expect(model.weights).not.toEqual(initial.weights);
    expect(events.filter((e) => e.type === 'checkpoint').map((e) => e.epoch)).toEqual([1, 2]);
  });

  it('learns what it is rewarded for', async () => {
    const { events } = await run('learn', { settings: { ...settings, epochs: 6 } });
    const rewards = events.flatMap((e) => (e.type === 'step' ? [e.metrics.reward ?? 0] : []));
    const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
    expect(mean(rewards.slice(-4))).toBeGreaterThan(mean(rewards.slice(0, 4)) + 0.2);
  });

  it('ends with the same bytes however often and however roughly it was stopped, on any number of threads', async () => {
    const whole = await run('whole');
    const rng = new Rng('stops');
    for (const attempt of [1, 2, 3]) {
      const name = `stopped-${attempt}`;
      let finished: TrainResult | undefined;
      for (let tries = 0; finished === undefined && tries < 50; tries++) {
        const stop = new AbortController();
        const left = rng.between(1, 4);
        const crash = rng.chance(0.5);
        let steps = 0;
        const onEvent = (e: TrainEvent): void => {
          if (e.type !== 'step' || ++steps < left) return;
          if (crash) throw new Crash();
          stop.abort();
        };
        finished = await run(name, { onEvent, signal: stop.signal }, rng.between(1, 3)).then(
          ({ result }) => result,
          (error: unknown) => {
            if (!(error instanceof Crash) && (error as Error).name !== 'AbortError') throw error;
            return undefined;
          },
        );
        // What a crash in the middle of writing leaves behind.
        if (crash && existsSync(join(base, name, 'resume'))) writeFileSync(join(base, name, 'resume', '99999999.state'), '{"v":1');
      }
      expect(files(join(base, name))).toEqual(files(whole.directory));
      expect({ ...finished, checkpoint: undefined }).toEqual({ ...whole.result, checkpoint: undefined });
    }
  });

  it('saves its state when it is cancelled, and goes on from there', async () => {
    const stop = new AbortController();
    const onEvent = (e: TrainEvent): void => {
      if (e.type === 'step' && e.step === 2) stop.abort();
    };
    await expect(run('cancelled', { onEvent, signal: stop.signal, checkpointEvery: 100 })).rejects.toMatchObject({ name: 'AbortError' });
    const { events } = await run('cancelled', { checkpointEvery: 100 });
    expect(events.slice(0, 2)).toMatchObject([{ type: 'log', line: 'continues after step 2 of 8' }, { type: 'step', step: 3 }]);
  });

  it('returns its result without training when it has already ended', async () => {
    const first = await run('twice');
    const again = await run('twice');
    expect(again.result).toEqual(first.result);
    expect(again.events).toEqual([]);
  });

  it('starts anew when the rows, the seed, the weights or what is rewarded are others', async () => {
    const first = await run('changed', { settings: { ...settings, maxSteps: 2 } });
    const other = await run('changed', { settings: { ...settings, maxSteps: 2 }, seed: 6 });
    expect(other.events.filter((e) => e.type === 'step').map((e) => e.step)).toEqual([1, 2]);
    expect(other.result.checkpoint.fingerprint).not.toBe(first.result.checkpoint.fingerprint);
    const rewarded = await run('changed', { settings: { ...settings, maxSteps: 2 }, seed: 6, rewardKey: 'smp_1 lbl_2' });
    expect(rewarded.events.filter((e) => e.type === 'step').map((e) => e.step)).toEqual([1, 2]);
    expect((await run('changed', { settings: { ...settings, maxSteps: 2 }, seed: 6, rewardKey: 'smp_1 lbl_2' })).events).toEqual([]);
  });

  it('does not go on from a state whose weights were damaged', async () => {
    const whole = await run('whole');
    await expect(run('damaged', { onEvent: (e) => { if (e.type === 'step' && e.step === 4) throw new Crash(); } })).rejects.toThrow(Crash);
    const weights = join(base, 'damaged', 'resume', '00000003.gguf');
    const bytes = readFileSync(weights);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
    writeFileSync(weights, bytes);
    const { events } = await run('damaged');
    expect(events[0]).toMatchObject({ type: 'step', step: 1 });
    expect(files(join(base, 'damaged'))).toEqual(files(whole.directory));
  });

  it('leaves out prompts that do not fit and says how many', async () => {
    const long = { ...(rows[0] as TrainRow), id: 'smp_long' };
    const encode = (row: TrainRow): number[] => (row.id === 'smp_long' ? Array.from({ length: initial.config.context - 4 }, () => 1) : encodePrompt(row));
    const { result } = await run('long', { rows: [long, ...rows.slice(0, 3)], settings: { ...settings, maxSteps: 1 }, encodePrompt: encode });
    expect(result.notes).toHaveLength(1);
    expect(result.notes[0]).toContain('1 of 4 rows');
    expect(result.passRates).not.toHaveProperty('smp_long');
    await expect(run('none', { rows: [long], encodePrompt: encode })).rejects.toMatchObject({ code: 'trainer-failed' });
  });
});
