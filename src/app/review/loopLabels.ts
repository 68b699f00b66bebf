import { trainRowSchema, type Label, type TrainRow } from '../../core/dataset/sample.ts';
import { voteEntrySchema, type VoteEntry } from '../../core/rounds/journalEntries.ts';
import { parseLine } from '../../node/jsonLine.ts';
import type { ProjectFiles } from '../../node/projectFiles.ts';
import { readLines } from '../../node/readLines.ts';

/** A label that the loop put in the place of the dataset's own. */
export type LoopLabel = { readonly sampleId: string; readonly label: Label; readonly labelHash: string; readonly replaced: NonNullable<TrainRow['replaced']> };

export type LoopLabels = {
  /** Of samples that the newest set that holds them has with another label than their dataset. */
  readonly newest: ReadonlyMap<string, LoopLabel>;
  /** Label hash in the dataset, by sample and label hash in any set. */
  readonly ownHash: (sampleId: string, hash: string) => string | undefined;
};

/** The replaced labels of all sets of the project. Rows are read one at a time. */
export async function readLoopLabels(files: ProjectFiles): Promise<LoopLabels> {
  const newest = new Map<string, LoopLabel>();
  const met = new Set<string>();
  const own = new Map<string, string>();
  for (const round of [...(await files.listRounds())].reverse()) {
    for await (const { text } of readLines(files.round(round).train())) {
      // In texts of the row quotes are escaped.
      if (!text.includes('"replaced":{')) {
        const id = /(?<!\\)"id":"(smp_[0-9a-f]+)"/.exec(text)?.[1];
        if (id !== undefined) met.add(id);
        continue;
      }
      const parsed = parseLine(text);
      const row = parsed.ok ? trainRowSchema.safeParse(parsed.value) : undefined;
      if (row?.success !== true) continue;
      const { id, label, labelHash, replaced } = row.data;
      if (replaced !== undefined) {
        own.set(`${id} ${labelHash}`, replaced.labelHash);
        if (!met.has(id)) newest.set(id, { sampleId: id, label, labelHash, replaced });
      }
      met.add(id);
    }
  }
  return { newest, ownHash: (sampleId, hash) => own.get(`${sampleId} ${hash}`) };
}

/** What the judge said when it replaced a label: its votes in the round that did. */
export async function replacingVotes(files: ProjectFiles, labels: readonly LoopLabel[]): Promise<ReadonlyMap<string, VoteEntry>> {
  const votes = new Map<string, VoteEntry>();
  for (const round of new Set(labels.map(({ replaced }) => replaced.round))) {
    const wanted = new Set(labels.filter(({ replaced }) => replaced.round === round).map(({ sampleId }) => sampleId));
    for await (const { text } of readLines(files.round(round).journal('verify'))) {
      const id = /"sampleId":"(smp_[0-9a-f]+)"/.exec(text)?.[1];
      if (id === undefined || !wanted.has(id)) continue;
      const parsed = parseLine(text);
      const vote = parsed.ok ? voteEntrySchema.safeParse(parsed.value) : undefined;
      if (vote?.success === true && vote.data.verdict === 'LABEL_WRONG') votes.set(id, vote.data);
    }
  }
  return votes;
}
