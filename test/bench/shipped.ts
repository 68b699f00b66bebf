import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchRow } from './row.ts';

const root = process.cwd();
const RUNS = 9;

/** Sizes of what is shipped, and what the extension costs when it wakes up. */
export async function rows(): Promise<BenchRow[]> {
  const kilobytes = (name: string, file: string, goal: number): BenchRow => ({ name: `size: ${name}`, value: Math.round(statSync(join(root, file)).size / 100) / 10, unit: 'KB', goal, better: 'lower' });
  const out: BenchRow[] = [
    activation(),
    kilobytes('extension bundle', 'dist/extension.cjs', 900),
    kilobytes('language server bundle', 'dist/server.cjs', 900),
    kilobytes('review page', 'dist/webview/review.js', 350),
    kilobytes('initial checkpoint', 'media/sample/initial.gguf', 4000),
    eager('runner with its chunks', 'dist/runner.js'),
    eager('command line with its chunks', 'dist/cli.js'),
  ];
  const vsix = 'dist/looptool.vsix';
  return existsSync(join(root, vsix)) ? [...out, kilobytes('.vsix', vsix, 6000)] : out;
}

type Metafile = { readonly outputs: Readonly<Record<string, { readonly bytes: number; readonly imports: readonly { readonly path: string; readonly kind: string }[] }>> };

function eager(name: string, output: string): BenchRow {
  // Written by the bundler in esbuild.mjs.
  const { outputs } = JSON.parse(readFileSync(join(root, 'dist/meta/node.json'), 'utf8')) as Metafile;
  const seen = new Set<string>();
  const visit = (file: string): void => {
    const found = outputs[file];
    if (!found || seen.has(file)) return;
    seen.add(file);
    for (const i of found.imports) if (i.kind !== 'dynamic-import') visit(i.path);
  };
  visit(output);
  const bytes = [...seen].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
  return { name: `size: ${name}`, value: Math.round(bytes / 100) / 10, unit: 'KB', goal: 900, better: 'lower' };
}

function activation(): BenchRow {
  const times = Array.from({ length: RUNS }, () => {
    const text = execFileSync(process.execPath, [join(root, 'test/bench/activationProbe.cjs'), 'dist/extension.cjs'], { cwd: root, encoding: 'utf8' });
    const { loadMs, activateMs } = JSON.parse(text) as { loadMs: number; activateMs: number };
    return loadMs + activateMs;
  }).sort((a, b) => a - b);
  return { name: 'activation of the extension', value: Math.round((times[(RUNS - 1) / 2] ?? 0) * 10) / 10, unit: 'ms', goal: 30, better: 'lower' };
}
