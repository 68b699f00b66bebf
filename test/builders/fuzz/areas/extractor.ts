import type { Rng } from '../../../../src/core/random/rng.ts';
import { extractPrediction, labelToPrediction, predictionFromReply, predictionToLabel } from '../../../../src/core/toolcall/extract.ts';
import { officialReward } from '../../../../src/core/toolcall/looptool/officialReward.ts';
import { matchPrediction } from '../../../../src/core/toolcall/match.ts';
import { parsePythonCalls } from '../../../../src/core/toolcall/pythonCalls.ts';
import { parsePythonExpression } from '../../../../src/core/toolcall/python/pythonParser.ts';
import { parsePythonLiteral } from '../../../../src/core/toolcall/python/pythonLiteral.ts';
import { findTextCalls } from '../../../../src/core/toolcall/textCalls.ts';
import { compileTextKinds } from '../../../../src/core/toolcall/textKinds.ts';
import { answerText, pythonText } from '../answers.ts';
import { must, type FuzzArea } from '../fuzzArea.ts';
import { hostileLabel } from '../labels.ts';

const kinds = compileTextKinds({ ask: ['which (city|day)', '\\?$'], decline: ['cannot'] });

export const extractor: FuzzArea = {
  name: 'extractor',
  make: (rng) => {
    const text = answerText(rng);
    return { size: text.length, show: () => text, run: () => extract(rng, text) };
  },
};

function extract(rng: Rng, text: string): void {
  const options = { pythonRepr: rng.chance(0.5), react: rng.chance(0.5) };
  const lenient = extractPrediction(text, { ...options, emptyArguments: 'lenient' });
  const strict = extractPrediction(text, { ...options, textKinds: kinds, finishReason: rng.pick(['stop', 'length', '']) });
  const found = findTextCalls(text, options);
  let last = 0;
  for (const { start, end } of found.spans) {
    must(start >= last && end > start && end <= text.length, 'spans stand in order and inside of the text');
    last = end;
  }
  for (const { node, block } of found.calls) must(node.start >= block.start && node.end <= block.end && node.start <= node.end, 'a call stands in its block');
  if (lenient.kind === 'CALL') must(found.calls.length === lenient.calls.length, `as many calls with places (${found.calls.length}) as without (${lenient.calls.length})`);
  predictionFromReply({ content: text, calls: [{ name: text.slice(0, 20), raw: text }], finishReason: 'stop', reasoning: '' } as unknown as Parameters<typeof predictionFromReply>[0], kinds);
  const label = predictionToLabel(strict);
  if (label !== undefined) matchPrediction(label, labelToPrediction(label, kinds), kinds, [hostileLabel(rng)]);
  officialReward(text, text);
}

export const python: FuzzArea = {
  name: 'python',
  make: (rng) => {
    const text = pythonText(rng);
    return { size: text.length, show: () => text, run: () => readPython(rng, text) };
  },
};

function readPython(rng: Rng, text: string): void {
  for (const mode of ['bfcl', 'lenient'] as const) {
    const calls = parsePythonCalls(text, { mode });
    must(calls.ok || calls.message !== '', 'a refusal says why');
  }
  parsePythonExpression(text);
  for (const offset of [0, rng.int(text.length + 1)]) {
    const literal = parsePythonLiteral(text, offset, { ...(rng.chance(0.5) ? { names: 'text' as const } : {}), newlines: rng.chance(0.5) });
    if (literal.ok) must(literal.node.start >= offset && literal.node.end <= text.length, 'a literal stands in its text');
  }
}
