// Writes the files that are made from source: `node scripts/generate.mjs`; with --check it fails when one is not current.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');
const maker = path.join(root, '.cache/generate/makeSchemas.mjs');

await build({
  entryPoints: [path.join(root, 'scripts/makeSchemas.ts')],
  outfile: maker,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
});
const { generatedFiles } = await import(pathToFileURL(maker).href);

const stale = [];
for (const [name, content] of Object.entries(generatedFiles())) {
  const file = path.join(root, name);
  if (readOrEmpty(file) === content) continue;
  stale.push(name);
  if (check) continue;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}
if (check && stale.length > 0) {
  console.error(`Not current: ${stale.join(', ')}. Run: npm run generate`);
  process.exit(1);
}
console.log(stale.length === 0 ? 'Generated files are current.' : `Written: ${stale.join(', ')}`);

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
