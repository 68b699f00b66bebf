// Sizes and contents of what is shipped, read from the bundler's metafiles (docs/architecture.md).
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => path.join(root, ...parts);
const KB = 1000;
const problems = [];

const meta = (name) => {
  const file = at('dist/meta', `${name}.json`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm run build`);
  return JSON.parse(readFileSync(file, 'utf8'));
};

/** Bytes of an entry and every chunk that it loads at start; lazily imported chunks are listed apart. */
function eagerBytes(json, output) {
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name) || !json.outputs[name]) return;
    seen.add(name);
    for (const i of json.outputs[name].imports) if (i.kind !== 'dynamic-import') visit(i.path);
  };
  visit(output);
  return [...seen].reduce((a, name) => a + json.outputs[name].bytes, 0);
}

/** Every output that an entry can reach, lazily too: what must not be in it must not be anywhere. */
function inputsOf(json, output) {
  const seen = new Set();
  const inputs = new Set();
  const visit = (name) => {
    if (seen.has(name) || !json.outputs[name]) return;
    seen.add(name);
    for (const i of Object.keys(json.outputs[name].inputs)) inputs.add(i);
    for (const i of json.outputs[name].imports) {
      if (i.external) inputs.add(`external:${i.path}`);
      else visit(i.path);
    }
  };
  visit(output);
  return [...inputs];
}

function check(name, bundle, output, budget, forbidden) {
  const json = meta(bundle);
  if (!json.outputs[output]) throw new Error(`${output} is not in dist/meta/${bundle}.json`);
  const bytes = eagerBytes(json, output);
  const bad = inputsOf(json, output).filter((i) => forbidden.some((f) => f.test(i)));
  const ok = bytes <= budget && bad.length === 0;
  console.log(`  ${ok ? 'ok  ' : 'FAIL'} ${name} ${(bytes / KB).toFixed(0)} KB of ${budget / KB} KB${bad.length > 0 ? `, must not hold ${bad.slice(0, 3).join(', ')}` : ''}`);
  if (!ok) problems.push(name);
}

const noVscode = [/^external:vscode$/];
const noNode = [/^external:(node:|fs$|path$|os$|child_process$|http$|https$|worker_threads$)/, /^external:vscode$/];
check('cli', 'node', 'dist/cli.js', 900 * KB, noVscode);
check('runner', 'node', 'dist/runner.js', 900 * KB, noVscode);
for (const name of ['check', 'stats', 'convert', 'identity']) check(`${name} worker`, 'node', `dist/${name}Worker.js`, 900 * KB, noVscode);
check('engine worker', 'workers', 'dist/engineWorker.js', 900 * KB, noVscode);
check('generation worker', 'workers', 'dist/generationWorker.js', 900 * KB, noVscode);
check('language server', 'server', 'dist/server.cjs', 900 * KB, noVscode);
check('extension', 'extension', 'dist/extension.cjs', 900 * KB, [/src\/embedded\//, /src\/demo\//]);
check('language client', 'extension', 'dist/languageClient.cjs', 900 * KB, [/src\/embedded\//, /src\/demo\//]);
check('review engine', 'node', 'dist/reviewEngine.js', 900 * KB, noVscode);
check('connection test', 'node', 'dist/connectionTest.js', 900 * KB, [/src\/embedded\//, /src\/demo\//, /^external:vscode$/]);
check('review webview', 'webview', 'dist/webview/review.js', 350 * KB, noNode);
const vsix = at('dist/looptool.vsix');
if (existsSync(vsix)) {
  const checkpoint = at('media/sample/initial.gguf');
  const size = statSync(vsix).size;
  const without = size - (existsSync(checkpoint) ? statSync(checkpoint).size * 0.92 : 0);
  const ok = size <= 6e6 && without <= 2e6;
  console.log(`  ${ok ? 'ok  ' : 'FAIL'} .vsix ${(size / 1e6).toFixed(2)} MB of 6 MB, about ${(without / 1e6).toFixed(2)} MB of 2 MB without the checkpoint`);
  if (!ok) problems.push('.vsix');
}
process.exit(problems.length > 0 ? 1 : 0);
