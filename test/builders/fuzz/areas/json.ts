import { parseByScanner, parseJson } from '../../../../src/core/json/parse.ts';
import { canonicalJson, stringifyJson, stringifySpaced } from '../../../../src/core/json/stringify.ts';
import { nodeValue, parseTree } from '../../../../src/core/json/tree.ts';
import { LineIndex } from '../../../../src/core/jsonl/lineIndex.ts';
import type { Rng } from '../../../../src/core/random/rng.ts';
import { must, type FuzzArea } from '../fuzzArea.ts';
import { deepText, hostileValue, tokens } from '../hostile.ts';
import { amplified, mutatedText } from '../mutate.ts';
import { mutatedSeed, writtenRecord } from '../seeds.ts';

export const json: FuzzArea = {
  name: 'json',
  make: (rng) => {
    const text = jsonText(rng);
    return { size: text.length, show: () => text, run: () => parse(rng, text) };
  },
};

function jsonText(rng: Rng): string {
  switch (rng.int(8)) {
    case 0:
      return deepText(rng, rng.between(1, rng.chance(0.1) ? 100_000 : 2500));
    case 1:
      return Array.from({ length: rng.int(30) }, () => rng.pick(tokens)).join('');
    case 2:
      return amplified(rng, writtenRecord(rng, hostileValue(rng, 4)), rng.chance(0.2) ? 60_000 : 5000);
    case 3:
      return writtenRecord(rng, hostileValue(rng, 5));
    default:
      return mutatedText(rng, writtenRecord(rng, rng.chance(0.5) ? mutatedSeed(rng).record : hostileValue(rng, 4)), rng.int(4));
  }
}

function parse(rng: Rng, text: string): void {
  const parsed = parseJson(text);
  const scanned = parseByScanner(text);
  const tree = parseTree(text);
  must(parsed.ok === scanned.ok && parsed.ok === tree.ok, 'all parsers take the same texts');
  if (!parsed.ok || !scanned.ok || !tree.ok) {
    if (!parsed.ok) {
      must(parsed.offset >= 0 && parsed.offset <= text.length && parsed.message !== '', 'a failure stands in the text');
      new LineIndex(text).positionAt(parsed.offset);
    }
  } else {
    const written = stringifyJson(parsed.value);
    must(written === stringifyJson(scanned.value) && written === stringifyJson(nodeValue(tree.node)), 'all parsers give the same value');
    const again = parseJson(stringifySpaced(parsed.value));
    must(again.ok && stringifyJson(again.value) === written, 'what is written reads as the same');
    must(canonicalJson(parsed.value) === canonicalJson(scanned.value), 'one canonical text');
  }
  parseTree(text, { offset: rng.int(text.length + 2) - 1 });
  parseJson(text, { maxDepth: rng.pick([0, 1, 3, 5000]) });
}
