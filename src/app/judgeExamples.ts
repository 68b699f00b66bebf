import { answerOfLabel, answerOfPrediction } from '../core/llm/prompts/answer.ts';
import { wordOf } from '../core/llm/prompts/judge.ts';
import { exampleCandidates, labelIsFirst } from '../core/loop/fewShot.ts';
import type { ExampleRef } from '../core/rounds/exampleRef.ts';
import type { FamilyExample } from '../core/loop/jglv.ts';
import type { DecisionState } from '../core/review/decisionState.ts';
import { foldProbe } from '../core/rounds/fold.ts';
import { probeEntrySchema } from '../core/rounds/journalEntries.ts';
import { readJournal } from '../node/appendJournal.ts';
import type { Project } from './project.ts';

/** Longer cases are no examples: they would stand in every request of the round. UTF-16 units of their JSON. */
const longest = 8_000;

type Pair = Omit<FamilyExample, 'first' | 'second' | 'word'> & { readonly label: FamilyExample['first']; readonly prediction: FamilyExample['first'] };

/** The first `count` decisions whose pairs can be shown, one of a family and none of a family that is measured with. */
export async function chooseExamples(project: Project, count: number, state: DecisionState): Promise<readonly ExampleRef[]> {
  if (count === 0) return [];
  const candidates = exampleCandidates(state);
  const measured = [...state.calibrations.values()].flatMap(({ pairs }) => pairs.flatMap(({ sampleId, labelHash, round }) => (round === undefined ? [] : [{ sampleId, labelHash, round }])));
  const pairs = await readPairs(project, [...candidates, ...measured]);
  const taken = new Set(measured.flatMap((pair) => pairs.get(keyOf(pair))?.family ?? []));
  const chosen: ExampleRef[] = [];
  for (const candidate of candidates) {
    const pair = pairs.get(keyOf(candidate));
    if (pair === undefined || taken.has(pair.family) || JSON.stringify(pair).length > longest) continue;
    taken.add(pair.family);
    chosen.push(candidate);
    if (chosen.length === count) break;
  }
  return chosen;
}

/** The chosen pairs as they are shown, label first in every other one. A pair whose files are gone is left out. */
export async function readExamples(project: Project, refs: readonly ExampleRef[]): Promise<readonly FamilyExample[]> {
  if (refs.length === 0) return [];
  const pairs = await readPairs(project, refs);
  return refs.flatMap((ref, position): FamilyExample[] => {
    const pair = pairs.get(keyOf(ref));
    if (pair === undefined) return [];
    const { label, prediction, ...rest } = pair;
    return labelIsFirst(position)
      ? [{ ...rest, first: label, second: prediction, word: wordOf(ref.verdict, 'LP') }]
      : [{ ...rest, first: prediction, second: label, word: wordOf(ref.verdict, 'PL') }];
  });
}

type PairName = Pick<ExampleRef, 'sampleId' | 'labelHash' | 'round'>;

function keyOf({ sampleId, labelHash, round }: PairName): string {
  return `${round} ${sampleId} ${labelHash}`;
}

async function readPairs({ files }: Project, names: readonly PairName[]): Promise<ReadonlyMap<string, Pair>> {
  const wanted = new Set(names.map(keyOf));
  const pairs = new Map<string, Pair>();
  for (const round of new Set(names.map((name) => name.round))) {
    const rows = await files.round(round).readTrainRows().catch(() => []);
    const named = rows.filter(({ id, labelHash }) => wanted.has(keyOf({ sampleId: id, labelHash, round })));
    const probes = foldProbe((await readJournal(files.round(round).journal('probe'), probeEntrySchema)).entries, named);
    for (const { id, labelHash, family, tools, messages, label: given } of named) {
      const label = answerOfLabel(given);
      const said = probes.get(id)?.prediction;
      if (label !== undefined && said !== undefined) pairs.set(keyOf({ sampleId: id, labelHash, round }), { family, tools, messages, label, prediction: answerOfPrediction(said) });
    }
  }
  return pairs;
}
