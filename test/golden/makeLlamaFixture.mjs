// Makes llamaCpp.json: what llama.cpp does with llamaCpp.gguf, an oracle that shares no code with the engine.
//
// The texts and prompts in the file are the input and stay; everything else is computed anew. node-llama-cpp is not a
// dependency of the project (it brings 725 MB). To run this, install it in an empty folder elsewhere and name that folder:
//
//   mkdir /tmp/llama && cd /tmp/llama && npm init -y && npm install --ignore-scripts node-llama-cpp@3.22.1
//   node test/golden/makeLlamaFixture.mjs /tmp/llama
//
// llama.cpp keeps keys, values and the operands of float16 matrices in float16, which is why log-probabilities are compared
// with a tolerance (llamaCpp.test.ts).
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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
const model = await llama.loadModel({ modelPath: join(import.meta.dirname, 'llamaCpp.gguf') });
const context = await model.createContext({ contextSize: 512, sequences: 1, threads: 1 });
const sequence = context.getSequence();
const end = model.tokenize(END_OF_TURN, true)[0];

async function greedy(tokens) {
  await sequence.clearHistory();
  const out = [];
  for await (const token of sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true })) {
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
  prompts.push({ prompt, answer, tokens, answerTokens, greedy: await greedy(tokens), logProbs: await score(tokens, answerTokens) });
}
const escapeInvisible = (json) => json.replace(/[\u007f-\u00a0\u00ad\u2000-\u200f\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const lists = (items) => `[\n${items.map((x) => `    ${escapeInvisible(JSON.stringify(x))}`).join(',\n')}\n  ]`;
writeFileSync(
  fixturePath,
  `{\n  "llamaCpp": "node-llama-cpp 3.22.1",\n  "maxNewTokens": ${MAX_NEW_TOKENS},\n  "texts": ${lists(texts)},\n  "prompts": ${lists(prompts)}\n}\n`,
);
process.exit(0);
