import type { Readable } from 'node:stream';
import type { Steps } from '../../core/dataset/dialect.ts';
import { contextChanges, labelChanges, type SampleChange } from '../../core/dataset/sampleDifferences.ts';
import type { Sample } from '../../core/dataset/sample.ts';
import { LoopToolError } from '../../core/errors.ts';
import { throwIfAborted } from '../../node/clock.ts';
import type { Progress } from '../../node/datasetSource.ts';
import type { AppPorts } from '../ports.ts';
import { compareIdentities, type IdentityDiff, type SamplePair } from './compareIdentities.ts';
import { DiffSide, type SampleAt } from './diffSide.ts';
import { prepareInputs } from './inputs.ts';
import { bump } from './sampleStats.ts';

export type DiffOptions = {
  /** Each a file, a folder, or `-` for the standard input. */
  readonly before: string;
  readonly after: string;
  readonly dialect?: string | undefined;
  readonly steps?: Steps | undefined;
  /** So many samples of each kind are listed; all are counted. */
  readonly limit: number;
  readonly threads?: number | undefined;
  readonly stdin: Readable;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
};

export type ListedSample = SampleAt & { readonly id?: string | undefined };
/** `changes` is empty where a sample cannot be read again, as from the standard input. */
export type ListedPair = { readonly id?: string | undefined; readonly before: SampleAt; readonly after: SampleAt; readonly changes: readonly SampleChange[] };
export type Listed<One> = { readonly count: number; readonly first: readonly One[] };
export type ListedPairs = Listed<ListedPair> & {
  /** In how many of the samples each kind of change is. */
  readonly kinds: Readonly<Record<string, number>>;
};

export type SideSummary = { readonly path: string; readonly dialects: readonly string[]; readonly records: number; readonly samples: number; readonly unreadable: number };

/** Places count from 0. */
export type DatasetDiff = {
  readonly before: SideSummary;
  readonly after: SideSummary;
  /** Whether anything but the order differs. */
  readonly different: boolean;
  /** Samples with the same context and label in both. */
  readonly same: number;
  /** The fewest of these that stand elsewhere; order is no difference. */
  readonly moved: number;
  readonly added: Listed<ListedSample>;
  readonly removed: Listed<ListedSample>;
  readonly labelChanged: ListedPairs;
  readonly contextChanged: ListedPairs;
  /** Further copies of samples that are in both. */
  readonly copiesAdded: Listed<ListedSample>;
  readonly copiesRemoved: Listed<ListedSample>;
};

/** Compares two versions of a dataset, in whatever dialects, by sample and not by line. Errors as `convert`. */
export async function diff(ports: AppPorts, options: DiffOptions): Promise<DatasetDiff> {
  const { before, after, signal, threads, onProgress } = options;
  if (before === '-' && after === '-') throw new LoopToolError('usage', 'Only one of the two datasets can be the standard input.');
  const sides: DiffSide[] = [];
  try {
    for (const name of [before, after]) {
      const side = new DiffSide(await prepareInputs([name], options));
      sides.push(side);
      await side.read({ assetsDirectory: ports.assetsDirectory, signal, threads, onProgress });
    }
    const [old, fresh] = sides;
    if (old === undefined || fresh === undefined) throw new Error('two datasets are compared');
    return await new Comparison(old, fresh, options).describe(compareIdentities(old.identities, fresh.identities));
  } finally {
    for (const side of sides) await side.close();
  }
}

class Comparison {
  constructor(
    private readonly before: DiffSide,
    private readonly after: DiffSide,
    private readonly options: DiffOptions,
  ) {}

  async describe(found: IdentityDiff): Promise<DatasetDiff> {
    const { before, after, options } = this;
    return {
      before: summary(options.before, before),
      after: summary(options.after, after),
      different: [found.added, found.removed, found.relabelled, found.changed, found.copiesAdded, found.copiesRemoved].some((list) => list.length > 0),
      same: found.same,
      moved: found.moved,
      added: await this.list(after, found.added),
      removed: await this.list(before, found.removed),
      labelChanged: await this.pairs(found.relabelled, (one, other) => labelChanges(one.label, other.label)),
      contextChanged: await this.pairs(found.changed, (one, other) => [...contextChanges(one, other), ...(one.labelHash === other.labelHash ? [] : labelChanges(one.label, other.label))]),
      copiesAdded: await this.list(after, found.copiesAdded),
      copiesRemoved: await this.list(before, found.copiesRemoved),
    };
  }

  private async list(side: DiffSide, samples: readonly number[]): Promise<Listed<ListedSample>> {
    const first: ListedSample[] = [];
    for (const sample of samples.slice(0, this.options.limit)) first.push({ ...side.at(sample), id: (await side.sample(sample))?.id });
    return { count: samples.length, first };
  }

  private async pairs(pairs: readonly SamplePair[], explain: (before: Sample, after: Sample) => readonly SampleChange[]): Promise<ListedPairs> {
    const first: ListedPair[] = [];
    const kinds = new Map<string, number>();
    for (const pair of pairs) {
      throwIfAborted(this.options.signal);
      const [one, other] = [await this.before.sample(pair.before), await this.after.sample(pair.after)];
      const changes = one === undefined || other === undefined ? [] : explain(one, other);
      for (const kind of new Set(changes.map((change) => change.kind))) bump(kinds, kind, 1);
      if (first.length < this.options.limit) first.push({ id: one?.id ?? other?.id, before: this.before.at(pair.before), after: this.after.at(pair.after), changes });
    }
    return { count: pairs.length, first, kinds: Object.fromEntries([...kinds].sort(([, a], [, b]) => b - a)) };
  }
}

function summary(path: string, side: DiffSide): SideSummary {
  const dialects = [...new Set(side.inputs.map(({ setup }) => setup.dialect ?? 'unknown'))];
  return { path, dialects, records: side.records, samples: side.samples, unreadable: side.unreadable };
}
