import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../../../src');

/** Every module that a module needs at run time, itself included. */
function needed(entry: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const match of readFileSync(path, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gm)) {
      const [, target = ''] = match;
      if (target.startsWith('.')) visit(join(dirname(path), target));
      else seen.add(target);
    }
  };
  visit(join(source, entry));
  return new Set([...seen].map((path) => (path.startsWith(source) ? relative(source, path) : path)));
}

describe('the simulated models', () => {
  it.each(['demo/simulatedJudge.ts', 'demo/simulatedGenerator.ts'])('can reach no truth: %s needs neither the data sets nor a file', (entry) => {
    const modules = [...needed(entry)];
    expect(modules).toContain('demo/grammar.ts');
    expect(modules.filter((path) => path.includes('truth') || path.endsWith('datasets.ts') || path.endsWith('sampleProject.ts') || path.startsWith('node:'))).toEqual([]);
  });
});
