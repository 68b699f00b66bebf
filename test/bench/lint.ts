import { readDataset } from '../../src/core/dataset/dataset.ts';
import { checkDataset } from '../../src/core/rules/checkDataset.ts';
import { DatasetDocument } from '../../src/server/documents.ts';
import { callBlock, looptoolRow, weatherTool } from '../builders/datasetText.ts';
import type { BenchRow } from './row.ts';


/** Lint of a dataset beside JSON.parse of the file and of each JSON text in it, and an edit in a file of 20 MB. */
export async function rows(): Promise<BenchRow[]> {
  const lines = Array.from({ length: 2000 }, (_, i) => looptoolRow([weatherTool, { ...weatherTool, name: 'other' }], callBlock('get_weather', { city: `City ${i}`, days: i })));
  const text = lines.join('\n');
  const [lint, parse] = [Infinity, Infinity].map((_, which) => bestOf(3, () => (which === 0 ? checkDataset(text, readDataset(text, { file: '', steps: 'all' })) : parseAll(lines))));
  return [
    { name: 'lint over JSON.parse of everything in the file', value: round((lint ?? NaN) / (parse ?? NaN)), unit: 'x', goal: 2, better: 'lower' },
    { name: 'edit to findings, 20 MB', value: round(await editTime()), unit: 'ms', goal: 50, better: 'lower' },
  ];
}

function parseAll(lines: readonly string[]): void {
  for (const line of lines) {
    const row = JSON.parse(line) as { instruction: string; output: string };
    for (const tool of row.instruction.split('\n')) if (tool.startsWith('{')) JSON.parse(tool);
    JSON.parse(row.output.split('\n')[1] ?? '');
  }
}

/** Median of ten edits, each in the middle of the file. */
async function editTime(): Promise<number> {
  const control = { isStale: () => false, pause: () => Promise.resolve() };
  const row = (i: number): string => looptoolRow([weatherTool], callBlock('get_weather', { city: `City ${i}` }), 'x'.repeat(4000));
  let text = '';
  for (let i = 0; text.length < 20_000_000; i += 1) text += `${row(i)}\n`;
  const document = new DatasetDocument();
  await document.check(text, control);
  const times: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    const at = text.indexOf('City', text.length / 2);
    text = `${text.slice(0, at)}Town${text.slice(at + 4)}`;
    const start = performance.now();
    await document.check(text, control);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[5] ?? NaN;
}

function bestOf(times: number, work: () => unknown): number {
  return Math.min(...Array.from({ length: times }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
