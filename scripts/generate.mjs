// Writes the files that are made from source: `node scripts/generate.mjs`; with --check it fails when one is not current.
import { build } from 'esbuild';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');

const stale = [];
// The registries first: the rest is made from source that imports them.
const { registries } = await load('makeRegistries');
keep(registries(root));
const { generatedFiles } = await load('makeSchemas');
const files = generatedFiles();
keep(files);
const { reviewKeys } = await load('makeReviewKeys');
keep(reviewKeys(root));
removeOthers('docs/rules', files);
if (check && stale.length > 0) {
  console.error(`Not current: ${stale.join(', ')}. Run: npm run generate`);
  process.exit(1);
}
console.log(stale.length === 0 ? 'Generated files are current.' : `Written: ${stale.join(', ')}`);

/** Pages of rules that are gone. */
function removeOthers(folder, files) {
  for (const name of readdirSync(path.join(root, folder))) {
    if (`${folder}/${name}` in files) continue;
    stale.push(`${folder}/${name}`);
    if (!check) rmSync(path.join(root, folder, name));
  }
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function load(name) {
  const outfile = path.join(root, '.cache/generate', `${name}.mjs`);
  await build({ entryPoints: [path.join(root, 'scripts', `${name}.ts`)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' });
  return import(pathToFileURL(outfile).href);
}

function keep(files) {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    if (readOrEmpty(file) === content) continue;
    stale.push(name);
    if (check) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
