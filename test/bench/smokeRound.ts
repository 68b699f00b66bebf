import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchRow } from './row.ts';

/** A whole round of the small sample project through the command line, the server's start included. */
export async function rows(): Promise<BenchRow[]> {
  const project = mkdtempSync(join(tmpdir(), 'looptool-bench-'));
  const looptool = (...args: string[]): void => void execFileSync(process.execPath, ['dist/cli.js', ...args, '--project', project], { stdio: 'ignore' });
  try {
    looptool('init', '--smoke');
    const start = performance.now();
    looptool('run', '--rounds', '1');
    return [{ name: 'a whole round of the small sample project', value: Math.round((performance.now() - start) / 100) / 10, unit: 's', goal: 40, better: 'lower' }];
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
