// `npm run check`: what must hold of the source itself. Every step runs; the exit code says whether all passed.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => path.join(root, 'node_modules', name);
const node = process.execPath;

const steps = [
  ['types', [bin('typescript/bin/tsc'), '--noEmit', '-p', '.']],
  ['lint, zero warnings', [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint']],
  ['layers', [bin('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', '.dependency-cruiser.cjs', 'src', 'webview-ui']],
  ['unused code', [bin('knip/bin/knip.js')]],
  ['generated files', ['scripts/generate.mjs', '--check']],
  ['bundles', ['scripts/budgets.mjs']],
];

const counts = { passed: 0, failed: 0 };
for (const [name, args] of steps) {
  const since = Date.now();
  const result = spawnSync(node, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const good = result.status === 0;
  counts[good ? 'passed' : 'failed']++;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - since) / 1000).toFixed(1)} s)`);
  if (!good || name === 'bundles') process.stdout.write(`${result.stdout}${result.stderr}`);
}
const file = process.argv.find((a) => a.startsWith('--counts='))?.slice('--counts='.length);
if (file) writeFileSync(file, JSON.stringify(counts));
process.exit(counts.failed > 0 ? 1 : 0);
