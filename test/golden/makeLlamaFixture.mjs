// Makes llamaCpp.json: what llama.cpp does with llamaCpp.gguf, an oracle that shares no code with the engine.
//
// The texts and prompts in the file are the input and stay; everything else is computed anew. node-llama-cpp is not a
// dependency of the project (it brings 725 MB). To run this, install it in an empty folder elsewhere and name that folder:
//
//   mkdir /tmp/llama && cd /tmp/llama && npm init -y && npm install --ignore-scripts node-llama-cpp@3.22.1
//   node test/golden/makeLlamaFixture.mjs /tmp/llama
//
// Multiplying by a float16 matrix, llama.cpp rounds the other operand to float16 too, and it keeps keys and values in float16
// unless told otherwise. The engine computes in float32. So that both do the same arithmetic, llama.cpp is given a float32
// export of the file (the very same numbers: every float16 is a float32), a float32 cache and no flash attention. The file
// itself is loaded as well, as it stands, and has to give the same greedy answers.
import { build } from 'esbuild';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MAX_NEW_TOKENS = 80;
const END_OF_TURN = '<|im_end|>';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node test/golden/makeLlamaFixture.mjs FOLDER_WITH_NODE_LLAMA_CPP');
const resolved = createRequire(join(folder, 'package.json')).resolve('node-llama-cpp');
const { getLlama } = await import(pathToFileURL(resolved).href);

const fixturePath = join(import.meta.dirname, 'llamaCpp.json');
const fixture = JSON.parse(readFileSync(fixturePath, 'utf8'));
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, progressLogs: false });
const scratch = mkdtempSync(join(tmpdir(), 'looptool-llama-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const shippedPath = join(import.meta.dirname, 'llamaCpp.gguf');
const { model, sequence } = await load(await writeFloat32(shippedPath), 'F32');
const shipped = await load(shippedPath, 'F16');
const end = model.tokenize(END_OF_TURN, true)[0];

async function load(modelPath, cacheType) {
  const loaded = await llama.loadModel({ modelPath });
  const options = { flashAttention: false, experimentalKvCacheKeyType: cacheType, experimentalKvCacheValueType: cacheType };
  const context = await loaded.createContext({ contextSize: 512, sequences: 1, threads: 1, ...options });
  return { model: loaded, sequence: context.getSequence() };
}

/** Writes the checkpoint again at float32, with the project's own reader and writer; returns the path. */
async function writeFloat32(path) {
  const source = join(import.meta.dirname, '../../src/embedded/gguf');
  const bundle = join(scratch, 'gguf.mjs');
  const contents = `export { readGguf } from './read.ts'; export { writeGguf } from './write.ts';`;
  await build({ stdin: { contents, resolveDir: source, loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', outfile: bundle });
  const { readGguf, writeGguf } = await import(pathToFileURL(bundle).href);
  const { config, tokenizer, weights, name } = readGguf(readFileSync(path));
  const out = join(scratch, 'float32.gguf');
  writeFileSync(out, writeGguf(config, tokenizer, weights, 'f32', name));
  return out;
}

async function greedy(tokens, on) {
  await on.clearHistory();
  const out = [];
  for await (const token of on.evaluate(tokens, { temperature: 0, yieldEogToken: true })) {
    if (token === end) break;
    out.push(token);
    if (out.length >= MAX_NEW_TOKENS) break;
  }
  return model.detokenize(out, true);
}

/** Log-probability of each answer token, the end of the turn included. */
async function score(prompt, answer) {
  await sequence.clearHistory();
  const input = [...prompt, ...answer].slice(0, -1).map((id, i) => (i >= prompt.length - 1 ? [id, { generateNext: { probabilities: true } }] : id));
  const results = await sequence.controlledEvaluate(input);
  return answer.map((id, i) => Number(Math.log(results[prompt.length - 1 + i].next.probabilities.get(id)).toFixed(6)));
}

const texts = fixture.texts.map(({ text }) => ({ text, tokens: model.tokenize(text, true), plainTokens: model.tokenize(text, false) }));
const prompts = [];
for (const { prompt, answer } of fixture.prompts) {
  const tokens = model.tokenize(prompt, true);
  const answerTokens = [...model.tokenize(answer, true), end];
  const text = await greedy(tokens, sequence);
  if ((await greedy(tokens, shipped.sequence)) !== text) throw new Error(`the float16 file answers otherwise: ${prompt}`);
  prompts.push({ prompt, answer, tokens, answerTokens, greedy: text, logProbs: await score(tokens, answerTokens) });
}
const escapeInvisible = (json) => json.replace(/[\u007f-\u00a0\u00ad\u2000-\u200f\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const lists = (items) => `[\n${items.map((x) => `    ${escapeInvisible(JSON.stringify(x))}`).join(',\n')}\n  ]`;
writeFileSync(
  fixturePath,
  `{\n  "llamaCpp": "node-llama-cpp 3.22.1",\n  "arithmetic": "float32 weights (float32 export of llamaCpp.gguf), float32 key-value cache, no flash attention",\n  "maxNewTokens": ${MAX_NEW_TOKENS},\n  "texts": ${lists(texts)},\n  "prompts": ${lists(prompts)}\n}\n`,
);
process.exit(0);
