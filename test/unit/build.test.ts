import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'looptool-build-'));
  copyFileSync(join(root, 'esbuild.mjs'), join(directory, 'esbuild.mjs'));
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

function build(): Promise<{ readonly failed: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(directory, 'esbuild.mjs')], { cwd: directory }, (error, stdout, stderr) => resolve({ failed: error !== null, output: stdout + stderr }));
  });
}

describe('the build', () => {
  it('fails when an entry point is missing, and names it', async () => {
    write('src/embedded/kernels/assembly/index.ts', 'export function one(): i32 { return 1; }\n');
    write('src/cli/main.ts', 'console.log(1);\n');
    const { failed, output } = await build();
    expect(failed).toBe(true);
    expect(output).toContain('src/runner/main.ts');
    expect(output).not.toContain('src/cli/main.ts');
  });

  it('fails when the kernels are missing', async () => {
    const { failed, output } = await build();
    expect(failed).toBe(true);
    expect(output).toContain('kernels');
  });
});
