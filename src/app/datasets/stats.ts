import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Steps } from '../../core/dataset/dialect.ts';
import type { Severity } from '../../core/rules/finding.ts';
import type { Profile } from '../../core/rules/rule.ts';
import type { Progress } from '../../node/datasetSource.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import type { AppPorts } from '../ports.ts';
import { openProject } from '../project.ts';
import { IdentityTable } from './identities.ts';
import { prepareInputs } from './inputs.ts';
import { lintState } from './lintProject.ts';
import { runInputs } from './runInputs.ts';
import { bump, histogramNames, labelKinds, SampleCounter, tokenLimits, type HistogramName } from './sampleStats.ts';
import { statsJob, type StatsBatch } from './statsJob.ts';

export type StatsOptions = {
  /** Files, folders, `-` for the standard input. */
  readonly files: readonly string[];
  readonly project: string;
  readonly dialect?: string | undefined;
  readonly steps?: Steps | undefined;
  readonly profile?: Profile | undefined;
  readonly threads?: number | undefined;
  readonly stdin: Readable;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
};

export type Quantiles = { readonly count: number; readonly mean: number; readonly min: number; readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number };

export type DatasetStats = {
  readonly files: readonly { readonly path: string; readonly records: number; readonly samples: number; readonly unreadable: number; readonly dialects: Readonly<Record<string, number>>; readonly notes: readonly string[] }[];
  readonly records: number;
  readonly unreadable: number;
  readonly samples: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly multiTurn: number;
  readonly tools: {
    readonly names: number;
    /** Offered somewhere, and called by no label. */
    readonly neverCalled: number;
    readonly calls: number;
    /** Calls of tools that their sample does not offer. */
    readonly unknown: number;
    readonly top: readonly { readonly name: string; readonly offered: number; readonly called: number }[];
  };
  /** Below 128 exact, beyond that off by 1 % at most. Tokens are estimated as a quarter of the bytes of UTF-8. */
  readonly quantiles: Readonly<Record<HistogramName, Quantiles>>;
  readonly argumentTypes: Readonly<Record<string, number>>;
  readonly long: { readonly promptLimit: number; readonly prompts: number; readonly responseLimit: number; readonly responses: number };
  /** The most frequent first. Rules on the whole set are not among them. */
  readonly findings: readonly { readonly rule: string; readonly severity: Severity; readonly count: number; readonly per1000: number }[];
  /** Samples with a finding of severity error. */
  readonly wrongSamples: number;
  /** Samples beyond the first with the same context and label, contexts with different labels, and distinct dialogues. */
  readonly duplicates: number;
  readonly contradictions: number;
  readonly families: number;
};

const topTools = 20;

/** Counts what datasets hold, in bounded memory and on all cores. Errors as `convert`. */
export async function stats(ports: AppPorts, options: StatsOptions): Promise<DatasetStats> {
  const { dialect, steps, stdin, signal, threads, onProgress } = options;
  const files = new ProjectFiles(resolve(options.project));
  const config = existsSync(files.config()) ? (await openProject(options.project)).config : undefined;
  const { settings, suppressions } = await lintState(files, config, options.profile);
  const inputs = await prepareInputs(options.files, { dialect, steps, stdin, signal });
  const totals = new Totals();
  const byFile = new Map(inputs.map(({ setup }) => [setup.file, new FileTotals()]));
  for await (const { file, result } of runInputs(statsJob, { inputs: inputs.map(({ setup }) => setup), settings, suppressions }, inputs, { assetsDirectory: ports.assetsDirectory, threads, signal, onProgress })) {
    totals.add(result);
    byFile.get(file)?.add(result);
  }
  return totals.result(inputs.map(({ path, setup, notes }) => ({ path, notes, ...(byFile.get(setup.file) ?? new FileTotals()).result })));
}

class FileTotals {
  private records = 0;
  private samples = 0;
  private unreadable = 0;
  private readonly dialects = new Map<string, number>();

  add({ records, unreadable, dialects, counts }: StatsBatch): void {
    this.records += records;
    this.samples += counts.samples;
    this.unreadable += unreadable;
    for (const [dialect, count] of dialects) bump(this.dialects, dialect, count);
  }

  get result() {
    const { records, samples, unreadable, dialects } = this;
    return { records, samples, unreadable, dialects: sortedCounts(dialects) };
  }
}

class Totals {
  private records = 0;
  private unreadable = 0;
  private wrongSamples = 0;
  private readonly counter = new SampleCounter();
  private readonly findings = new Map<string, number>();
  private readonly identities = new IdentityTable();

  add({ records, unreadable, counts, findings, wrongSamples, identities }: StatsBatch): void {
    this.records += records;
    this.unreadable += unreadable;
    this.wrongSamples += wrongSamples;
    this.counter.merge(counts);
    for (const [key, count] of findings) bump(this.findings, key, count);
    this.identities.append(identities);
  }

  result(files: DatasetStats['files']): DatasetStats {
    const { records, unreadable, wrongSamples, counter } = this;
    return {
      files,
      records,
      unreadable,
      samples: counter.samples,
      kinds: Object.fromEntries(labelKinds.flatMap((kind) => (counter.kinds.has(kind) ? [[kind, counter.kinds.get(kind) ?? 0]] : []))),
      multiTurn: counter.multiTurn,
      tools: this.tools(),
      quantiles: quantilesOf(counter),
      argumentTypes: sortedCounts(counter.argumentTypes),
      long: { promptLimit: tokenLimits.prompt, prompts: counter.longPrompts, responseLimit: tokenLimits.response, responses: counter.longResponses },
      findings: this.rates(),
      wrongSamples,
      ...this.repeated(),
    };
  }

  private tools(): DatasetStats['tools'] {
    const all = [...this.counter.tools].map(([name, [offered, called]]) => ({ name, offered, called }));
    const calls = all.reduce((sum, { called }) => sum + called, 0) + this.counter.unknownTools;
    const top = all.toSorted((a, b) => b.called - a.called || b.offered - a.offered || (a.name < b.name ? -1 : 1)).slice(0, topTools);
    return { names: all.length, neverCalled: all.filter(({ called }) => called === 0).length, calls, unknown: this.counter.unknownTools, top };
  }

  private rates(): DatasetStats['findings'] {
    return [...this.findings]
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .map(([key, count]) => {
        const [severity = '', rule = ''] = key.split(' ');
        // The job puts severity and rule together so.
        return { rule, severity: severity as Severity, count, per1000: perThousand(count, this.counter.samples) };
      });
  }

  private repeated(): Pick<DatasetStats, 'duplicates' | 'contradictions' | 'families'> {
    const { identities } = this;
    const order = identities.sorted();
    let duplicates = 0;
    let contradictions = 0;
    let contradicted = false;
    const families = new Set<number>();
    order.forEach((sample, i) => {
      families.add(identities.family(sample));
      const before = order[i - 1];
      if (before === undefined || identities.compareId(before, identities, sample) !== 0) contradicted = false;
      else if (identities.compareLabel(before, identities, sample) === 0) duplicates += 1;
      else if (!contradicted) {
        contradicted = true;
        contradictions += 1;
      }
    });
    return { duplicates, contradictions, families: families.size };
  }
}

function quantilesOf({ histograms }: SampleCounter): Record<HistogramName, Quantiles> {
  const entries = histogramNames.map((name) => {
    const histogram = histograms.get(name);
    const at = (q: number): number => histogram?.quantile(q) ?? 0;
    return [name, { count: histogram?.count ?? 0, mean: Math.round((histogram?.mean ?? 0) * 100) / 100, min: at(0), p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }] as const;
  });
  return Object.fromEntries(entries) as Record<HistogramName, Quantiles>; // One entry for each name.
}

function perThousand(count: number, samples: number): number {
  return samples === 0 ? 0 : Math.round((count * 100_000) / samples) / 100;
}

/** The largest first. */
function sortedCounts(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}
