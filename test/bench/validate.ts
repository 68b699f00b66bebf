import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchRow } from './row.ts';

const megabyte = 1_000_000;
const cli = join(import.meta.dirname, '../../dist/cli.js');
const mostMemoryMb = 300;
const exitOnFindings = 1;

/** Rate and greatest memory of the dataset commands over one file, and of `validate` over one with a finding or more on nearly every sample: 60 MB, or 1 GB with LOOPTOOL_BENCH_LARGE=1. */
export async function rows(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'looptool-bench-validate-'));
  try {
    const size = (process.env['LOOPTOOL_BENCH_LARGE'] === '1' ? 1000 : 60) * megabyte;
    const [data, converted] = [join(folder, 'data.jsonl'), join(folder, 'converted.jsonl')];
    const measured: BenchRow[] = [];
    await writeRecords(data, size, wrongRow);
    measured.push(...(await measure(['validate', data], { sizeBytes: size, what: 'wrong and alike labels', report: join(folder, 'memory') })));
    await writeRecords(data, size, dialogues());
    for (const args of [['validate', data], ['stats', data], ['convert', data, '--to', 'looptool', '-o', converted], ['diff', data, converted]]) {
      measured.push(...(await measure(args, { sizeBytes: size, what: 'dialogues', report: join(folder, 'memory') })));
    }
    return measured;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Dialogues of two answers with three tools of forty each, about 2.4 KB a record. */
function dialogues(): (i: number) => unknown {
  const properties = Object.fromEntries([0, 1, 2, 3].map((i) => [`arg${i}`, { type: i % 2 === 0 ? 'integer' : 'string', description: `Argument ${i} of this tool, which says how the thing is to be done` }]));
  const tools = Array.from({ length: 40 }, (_, i) => ({ type: 'function', function: { name: `tool_${i}`, description: `Does thing ${i}`, parameters: { type: 'object', properties, required: ['arg0'] } } }));
  return (i) => {
    const shown = [0, 3, 6].map((step) => tools[(i * 7 + step) % tools.length]);
    const call = { name: shown[0]?.function.name, arguments: JSON.stringify({ arg0: i, arg1: `value ${i}` }) };
    const messages = [
      { role: 'system', content: 'You are a helpful assistant with tools.' },
      { role: 'user', content: `Please do thing ${i} with value ${i}, and then ${(i * 31) % 1009}.` },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: call }] },
      { role: 'tool', tool_call_id: 'call_1', content: `{"status": "done", "id": ${i}}` },
      { role: 'assistant', content: `Thing ${i} is done.` },
    ];
    return { messages, tools: shown };
  };
}

/** Short records that nearly repeat each other, of which every second one calls with a wrong argument; about 450 bytes each, so that there are millions of samples in a gigabyte. */
function wrongRow(i: number): unknown {
  const place = `harbour ${i % 997} of the town by the sea`;
  const tools = [{ type: 'function', function: { name: 'get_weather', description: 'The weather at a place', parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] } } }];
  const call = { name: 'get_weather', arguments: JSON.stringify(i % 2 === 0 ? { place } : { place, days: 3 }) };
  const request = `How is the weather today at the ${place}, and is there anything else to know before we sail? Case ${i}.`;
  return { messages: [{ role: 'user', content: request }, { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: call }] }], tools };
}

async function writeRecords(path: string, sizeBytes: number, rowOf: (i: number) => unknown): Promise<void> {
  const stream = createWriteStream(path);
  let written = 0;
  for (let i = 0; written < sizeBytes; ) {
    let block = '';
    for (; block.length < megabyte; i++) block += `${JSON.stringify(rowOf(i))}\n`;
    written += block.length;
    if (!stream.write(block)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}

/** The process says itself, when it ends, how much memory it has had. */
async function measure(args: readonly string[], { sizeBytes, what, report }: { readonly sizeBytes: number; readonly what: string; readonly report: string }): Promise<readonly BenchRow[]> {
  const hook = `data:text/javascript,import { writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));`;
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', hook, cli, ...args], { stdio: 'ignore' });
  await once(child, 'close');
  const seconds = (performance.now() - started) / 1000;
  if (child.exitCode !== 0 && child.exitCode !== exitOnFindings) throw new Error(`${args[0] ?? ''} ended with ${String(child.exitCode)}`);
  const memory = Math.round(Number(readFileSync(report, 'utf8')) / 1024);
  const name = `${args[0] ?? ''}, ${sizeBytes / megabyte} MB of ${what}`;
  return [
    { name, value: Math.round((10 * sizeBytes) / megabyte / seconds) / 10, unit: 'MB/s', better: 'higher' },
    { name: `${name}: memory`, value: memory, unit: 'MB', goal: mostMemoryMb, better: 'lower' },
  ];
}
