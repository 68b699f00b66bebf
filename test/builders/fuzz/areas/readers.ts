import type { Dialect, RecordSample, SamplePlaces } from '../../../../src/core/dataset/dialect.ts';
import { dialects } from '../../../../src/core/dataset/dialects.generated.ts';
import { RecordLocator } from '../../../../src/core/dataset/locate.ts';
import { recogniseValues, RecordReader } from '../../../../src/core/dataset/recordReader.ts';
import { dialectById } from '../../../../src/core/dataset/registry.ts';
import { applyEdits } from '../../../../src/core/dataset/labelEdit.ts';
import { editsIn } from '../../../../src/core/dataset/structureEdits.ts';
import { parseJson } from '../../../../src/core/json/parse.ts';
import type { SourcePath } from '../../../../src/core/json/path.ts';
import { stringifyJson } from '../../../../src/core/json/stringify.ts';
import type { Rng } from '../../../../src/core/random/rng.ts';
import { must, type FuzzArea } from '../fuzzArea.ts';
import { hostileLabel } from '../labels.ts';
import { mutatedSeed, writtenRecord, type Seed } from '../seeds.ts';

/** Every dialect looks at every record; the seed's own, the recognised one and two more read it, and all that they say is asked for. */
export const readers: FuzzArea = {
  name: 'readers',
  make: (rng) => {
    const seed = mutatedSeed(rng);
    const text = writtenRecord(rng, seed.record);
    const labelSeed = rng.u32();
    const others = [rng.pick(dialects), rng.pick(dialects)];
    return { size: text.length, show: () => text, run: () => readWithAll(rng, seed, text, others, labelSeed) };
  },
};

function readWithAll(rng: Rng, seed: Seed, text: string, others: readonly Dialect[], labelSeed: number): void {
  const parsed = parseJson(text);
  must(parsed.ok, 'what was written can be read');
  const record = parsed.ok ? parsed.value : null;
  for (const dialect of dialects) {
    const sure = dialect.detect(record);
    must(sure >= 0 && sure <= 1, `${dialect.id} is sure from 0 to 1`);
  }
  const asRead = new Set([dialectById(seed.dialect), recogniseValues([record]).dialect, ...others]);
  const locator = new RecordLocator(text, 0);
  for (const dialect of asRead) {
    if (dialect === undefined) continue;
    const steps = rng.pick(['all', 'calls', 'last'] as const);
    const reading = dialect.read(record, { steps, companions: seed.companions, index: rng.int(3) });
    for (const { path, message } of reading.problems) {
      must(message !== '', `${dialect.id} says what is wrong`);
      locator.deepest(path);
    }
    for (const sample of reading.samples) askAll(rng, dialect, record, sample, locator, text, labelSeed);
  }
  for (const steps of ['all', 'calls', 'last'] as const) new RecordReader(dialectById(seed.dialect), { steps, companions: seed.companions }).readText(text, 0);
}

function askAll(rng: Rng, dialect: Dialect, record: Parameters<Dialect['detect']>[0], read: RecordSample, locator: RecordLocator, text: string, labelSeed: number): void {
  const { sample } = read;
  must([sample.id, sample.labelHash, sample.family].every((id) => /^\S+$/.test(id)), `${dialect.id} gives ids`);
  const places = read.places();
  must(places.messages.length === sample.messages.length, `${dialect.id} gives places of ${sample.messages.length} messages, not ${places.messages.length}`);
  must(places.tools.length === sample.tools.length, `${dialect.id} gives places of ${sample.tools.length} tools, not ${places.tools.length}`);
  if (places.answers === undefined) {
    for (const path of pathsOf(places)) {
      const place = locator.locate(path) ?? locator.deepest(path);
      must(place !== undefined && place.span.start >= 0 && place.span.start <= place.span.end && place.span.end <= text.length, `${dialect.id} leads into the record`);
    }
  }
  const row = dialect.write?.(sample);
  if (row !== undefined) must(parseJson(stringifyJson(row), { maxDepth: 2000 }).ok, `${dialect.id} writes JSON`);
  const edits = dialect.relabel?.(record, read, hostileLabel(rng, sample.tools.map(({ name }) => name), labelSeed));
  const changes = edits === undefined ? undefined : editsIn(locator, edits);
  if (changes !== undefined) must(parseJson(applyEdits(text, changes), { maxDepth: 2000 }).ok, `${dialect.id}: JSON with another label is JSON`);
}

function pathsOf({ tools, messages, label, calls, broken }: SamplePlaces): readonly SourcePath[] {
  return [...tools, ...messages, label, ...(broken === undefined ? [] : [broken]), ...calls.flatMap((place) => [place.call, place.name, ...(place.arguments === undefined ? [] : [place.arguments])])];
}
