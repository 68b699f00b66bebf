import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureAccuracy, type Accuracy } from '../src/demo/accuracy.ts';
import { evaluationSets } from '../src/demo/evaluationSets.ts';
import { demoModelConfig, trainDemoTokenizer } from '../src/demo/model.ts';
import { initialSettings, pretrain } from '../src/demo/pretrain.ts';
import type { DemoSample } from '../src/demo/world.ts';
import { readGguf } from '../src/embedded/gguf/read.ts';
import { writeGguf } from '../src/embedded/gguf/write.ts';
import { Team } from '../src/embedded/team.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: String(initialSettings.steps) },
    every: { type: 'string', default: '300' },
    threads: { type: 'string', default: '2' },
    out: { type: 'string', default: 'media/sample' },
  },
});

type CurvePoint = {
  readonly step: number; readonly seconds: number; readonly tokens: number; readonly loss: number;
  readonly known: Accuracy; readonly values: Accuracy; readonly templates: Accuracy;
};

const settings = { ...initialSettings, steps: Number(values.steps) };
const tokenizer = trainDemoTokenizer();
const team = await Team.start(demoModelConfig, { assetsDirectory: import.meta.dirname, threads: Number(values.threads) });
const curve: CurvePoint[] = [];
let [seconds, tokens, loss] = [0, 0, 0];
let since = performance.now();
mkdirSync(values.out, { recursive: true });

async function measure(step: number, sets: ReturnType<typeof evaluationSets>): Promise<void> {
  const accuracy = (samples: readonly DemoSample[]): Promise<Accuracy> => measureAccuracy(team, tokenizer, samples);
  const point = { step, seconds: Math.round(seconds), tokens, loss: Number(loss.toFixed(4)), known: await accuracy(sets.known), values: await accuracy(sets.values), templates: await accuracy(sets.templates) };
  curve.push(point);
  for (const name of ['known', 'values', 'templates'] as const) {
    const kinds = Object.entries(point[name].byKind).map(([kind, count]) => `${kind} ${(count.right / count.of).toFixed(2)}`);
    console.log(`  step ${step}, ${point.seconds} s, ${name}: ${(point[name].right / point[name].of).toFixed(3)} (${kinds.join(', ')})`);
  }
}

function save(precision: 'f16' | 'f32'): Uint8Array {
  const bytes = writeGguf(demoModelConfig, tokenizer, team.weights, precision, 'looptool-demo');
  writeFileSync(join(values.out, 'initial.gguf'), bytes);
  return bytes;
}

const small = evaluationSets(200);
await team.initialise(settings.seed);
await pretrain(
  team, tokenizer, settings,
  async (step) => {
    seconds += (performance.now() - since) / 1000;
    tokens += step.tokens;
    loss = loss === 0 ? step.loss : 0.95 * loss + 0.05 * step.loss;
    const done = step.step + 1;
    if (done % 100 === 0) console.log(`step ${done} of ${settings.steps}, ${seconds.toFixed(0)} s, loss ${loss.toFixed(3)}, ${(tokens / seconds).toFixed(0)} tokens/s`);
    if (done % Number(values.every) === 0 && done < settings.steps) {
      await measure(done, small);
      save('f32');
    }
    since = performance.now();
  },
  new AbortController().signal,
);
// What ships is measured: the weights as F16 has them.
await team.load(readGguf(save('f16')).weights);
await measure(settings.steps, evaluationSets(600));
await team.close();
writeFileSync(join(values.out, 'learning-curve.json'), `${JSON.stringify({ settings, threads: team.threads, parameters: team.layout.params, curve }, undefined, 1)}\n`);
