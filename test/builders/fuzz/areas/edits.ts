import { LoopToolError } from '../../../../src/core/errors.ts';
import { readDataset } from '../../../../src/core/dataset/dataset.ts';
import { labelHash } from '../../../../src/core/dataset/identity.ts';
import { applyEdits, argumentSpan, labelEdits } from '../../../../src/core/dataset/labelEdit.ts';
import { RecordLocator } from '../../../../src/core/dataset/locate.ts';
import { pathIn } from '../../../../src/core/dataset/pathAt.ts';
import type { StructureEdit } from '../../../../src/core/dataset/structureEdit.ts';
import { editsIn } from '../../../../src/core/dataset/structureEdits.ts';
import { parseJson } from '../../../../src/core/json/parse.ts';
import type { PathStep, SourcePath } from '../../../../src/core/json/path.ts';
import type { Rng } from '../../../../src/core/random/rng.ts';
import { invertEdits } from '../../../../src/core/text/invertEdits.ts';
import { unifiedDiff } from '../../../../src/core/text/unifiedDiff.ts';
import { must, type FuzzArea } from '../fuzzArea.ts';
import { hostileKey, hostileText, hostileValue } from '../hostile.ts';
import { hostileLabel } from '../labels.ts';
import { mutatedText } from '../mutate.ts';
import { mutatedSeed, seeds, writtenRecord } from '../seeds.ts';

export const edits: FuzzArea = {
  name: 'edits',
  make: (rng) => {
    const record = writtenRecord(rng, rng.chance(0.5) ? rng.pick(seeds).record : mutatedSeed(rng).record);
    const text = rng.chance(0.2) ? mutatedText(rng, record, rng.between(1, 3)) : record;
    return { size: text.length, show: () => text, run: () => (rng.chance(0.5) ? editStructure(rng, text) : editLabels(rng, text)) };
  },
};

function editStructure(rng: Rng, text: string): void {
  const locator = new RecordLocator(text, 0);
  const wishes = Array.from({ length: rng.between(1, 4) }, () => hostileEdit(rng, hostilePath(rng, locator, text)));
  for (const { path } of wishes) {
    locator.deepest(path);
    if (locator.locate(path) !== undefined) must(locator.deepest(path) !== undefined, 'what is there is the deepest of its path');
  }
  const changes = editsIn(locator, wishes);
  if (changes === undefined) return;
  const edited = applyEdits(text, changes);
  must(applyEdits(edited, invertEdits(text, changes)) === text, 'inverted edits give the text back');
  if (parseJson(text).ok) must(parseJson(edited, { maxDepth: 2000 }).ok, 'JSON stays JSON');
  must(editsIn(locator, wishes) !== undefined, 'the same wishes can be met twice');
  unifiedDiff('x.jsonl', text, changes);
}

function hostilePath(rng: Rng, locator: RecordLocator, text: string): SourcePath {
  const path = [...pathIn(locator, rng.int(text.length + 2))];
  if (rng.chance(0.7)) return path;
  if (rng.chance(0.3)) path.pop();
  const steps: readonly PathStep[] = [hostileKey(rng), rng.between(-1, 3), 0.5, { key: hostileKey(rng) }, { json: rng.between(-1, 9) }, { call: rng.between(-1, 2) }, { from: rng.between(-1, 3), to: rng.between(-1, 9) }];
  return [...path, rng.pick(steps)];
}

function hostileEdit(rng: Rng, path: SourcePath): StructureEdit {
  switch (rng.int(5)) {
    case 0:
      return { kind: 'remove', path };
    case 1:
      return { kind: 'rename', path, key: hostileKey(rng) };
    case 2:
      return { kind: 'text', path, text: hostileText(rng) };
    default:
      return { kind: 'set', path, value: hostileValue(rng) };
  }
}

function editLabels(rng: Rng, text: string): void {
  const reading = readDataset(text, { file: 'x', steps: 'all' });
  for (const read of reading.samples.slice(0, 3)) {
    void read.spans;
    argumentSpan(text, read, 0, [hostileKey(rng)]);
    const label = hostileLabel(rng, read.sample.tools.map(({ name }) => name));
    let changes: ReturnType<typeof labelEdits>;
    try {
      changes = labelEdits(text, read, label);
    } catch (error) {
      if (error instanceof LoopToolError && (error.code === 'write-failed' || error.code === 'label-changed')) continue;
      throw error;
    }
    const edited = applyEdits(text, changes);
    must(applyEdits(edited, invertEdits(text, changes)) === text, 'inverted edits give the text back');
    const again = readDataset(edited, { file: 'x', steps: 'all', dialect: read.dialect }).samples.find(({ occurrence }) => occurrence.record === read.occurrence.record && occurrence.step === read.occurrence.step);
    must(again?.sample.labelHash === labelHash(label), `the new label stands in the ${read.dialect} record`);
  }
}
