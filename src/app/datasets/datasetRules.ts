import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { RecordReader } from '../../core/dataset/recordReader.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import { LineIndex } from '../../core/jsonl/lineIndex.ts';
import { fingerprint } from '../../core/rules/baseline.ts';
import { RecordRun, weaker } from '../../core/rules/recordChecker.ts';
import { factKind, type DatasetHit, type DatasetRule } from '../../core/rules/rule.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { activeRules, type ActiveRule, type RuleSettings } from '../../core/rules/settings.ts';
import { Suppressions, type Suppression } from '../../core/rules/suppression.ts';
import { throwIfAborted } from '../../node/clock.ts';
import { FactList } from './factList.ts';
import type { FactPack } from './factPack.ts';
import type { CheckSetup, PlacedFinding } from './fileChecker.ts';
import { readerOf } from './readSetup.ts';
import { SamplePlaces, type SamplePlaceRow } from './samplePlaces.ts';

/** The rules on the whole set: holds what they keep of each sample, and where each sample stands, and concludes at the end. Whoever makes it closes it. */
export class DatasetRules {
  private readonly active: readonly ActiveRule<DatasetRule>[];
  private readonly facts = new Map<string, FactList>();
  private readonly places = new SamplePlaces<CheckSetup>();
  private readonly suppressions: Suppressions;

  constructor(settings: RuleSettings, suppressions: readonly Suppression[]) {
    this.active = activeRules(rules, settings).filter(isDatasetRule);
    this.suppressions = new Suppressions(suppressions);
    for (const { rule } of this.active) if (!this.facts.has(factKind(rule))) this.facts.set(factKind(rule), new FactList());
  }

  /** Samples and facts of one batch, in order. */
  add(file: CheckSetup, samples: Float64Array, facts: ReadonlyMap<string, FactPack>): void {
    const first = this.places.length;
    this.places.add(file, samples);
    for (const [kind, pack] of facts) this.facts.get(kind)?.append(pack, first);
  }

  /** Gives every finding to its file. Records of findings that are kept are read again, for their places; the others are counted. */
  async conclude(signal: AbortSignal, sinkOf: (file: string) => FindingSink | undefined): Promise<void> {
    const records = new RecordFiles();
    try {
      for (const { rule, severity, options } of this.active) {
        for (const hit of rule.conclude(this.facts.get(factKind(rule)) ?? [], options)) {
          // Whoever wants to stop this is heard only when nothing else is done.
          if (hit === undefined) await setImmediate();
          throwIfAborted(signal);
          if (hit === undefined) continue;
          const place = this.places.at(hit.sample);
          const sink = sinkOf(place.file.file);
          if (sink === undefined) continue;
          const own = weaker(hit.severity, severity);
          if (!sink.isFull || !this.suppressions.isEmpty) for (const finding of await this.place({ rule: rule.id, severity: own, hit }, place, records)) sink.addFinding(finding);
          else sink.count(rule.id, own);
        }
      }
    } finally {
      await records.close();
    }
  }

  /** Lets go of the files that the facts are in. */
  close(): void {
    for (const list of this.facts.values()) list.close();
  }

  private async place(finding: { readonly rule: string; readonly severity: PlacedFinding['severity']; readonly hit: DatasetHit }, place: SamplePlace, files: RecordFiles): Promise<readonly PlacedFinding[]> {
    const { rule, severity, hit } = finding;
    const message = hit.message + this.relatedText(hit, place);
    const { line, column, record } = place;
    const atRecord: PlacedFinding = { rule, severity, message, record, line, column, endLine: line, endColumn: column + 1, print: '', fixable: false };
    const text = await files.read(place);
    const read = text === undefined ? undefined : files.reader(place.file).readText(text, place.record);
    const sample = read?.ok === true ? read.reading.samples[place.index] : undefined;
    if (text === undefined || read?.ok !== true || sample === undefined) return [{ ...atRecord, print: fingerprint(rule, undefined, hit.at, `${place.file.file} ${record}`) }];
    const run = new RecordRun({ text, start: 0, value: read.value, dialect: read.dialect.id }, this.suppressions.forFile(place.file.file));
    run.addHit(sample, rule, severity, { ...hit, message });
    const lines = new LineIndex(text);
    return run.findings.map(({ range, sampleId }) => {
      const start = lines.positionAt(range.start);
      const end = lines.positionAt(range.end);
      return {
        ...atRecord,
        line: line + start.line,
        column: start.column + (start.line === 0 ? column : 0),
        endLine: line + end.line,
        endColumn: end.column + (end.line === 0 ? column : 0),
        print: fingerprint(rule, sampleId, hit.at, text),
        ...(sampleId === undefined ? {} : { sampleId }),
      };
    });
  }

  private relatedText({ related }: DatasetHit, own: SamplePlace): string {
    const [first] = related ?? [];
    if (first === undefined) return '';
    const { file, line } = this.places.at(first);
    return file.file === own.file.file ? ` (line ${line + 1})` : ` (${file.file}:${line + 1})`;
  }
}

/** Takes the findings of one file. `isFull`: more are counted only, so nobody needs to know where they are. */
export interface FindingSink {
  readonly isFull: boolean;
  addFinding(finding: PlacedFinding): void;
  count(rule: string, severity: PlacedFinding['severity']): void;
}

function isDatasetRule(active: ActiveRule): active is ActiveRule<DatasetRule> {
  return active.rule.scope === 'dataset';
}

type SamplePlace = SamplePlaceRow & { readonly file: CheckSetup };

/** Reads records again by their bytes. A stream or a row of Parquet has none to read. */
class RecordFiles {
  private readonly handles = new Map<string, FileHandle | undefined>();
  private readonly readers = new Map<string, RecordReader>();
  private last: { readonly key: string; readonly text: string } | undefined;

  async read({ file, byteOffset, byteLength, record }: SamplePlace): Promise<string | undefined> {
    if (byteLength === 0 || file.dialect === undefined || dialectById(file.dialect)?.unit === 'file') return undefined;
    const key = `${file.file}\n${byteOffset}\n${record}`;
    if (this.last?.key === key) return this.last.text;
    const handle = await this.handle(file.file);
    if (handle === undefined) return undefined;
    const bytes = Buffer.alloc(byteLength);
    const { bytesRead } = await handle.read(bytes, 0, byteLength, byteOffset);
    const text = bytes.toString('utf8', 0, bytesRead);
    this.last = { key, text };
    return text;
  }

  reader(file: CheckSetup): RecordReader {
    let reader = this.readers.get(file.file);
    if (reader === undefined) {
      reader = readerOf(file);
      this.readers.set(file.file, reader);
    }
    return reader;
  }

  async close(): Promise<void> {
    for (const handle of this.handles.values()) await handle?.close();
  }

  private async handle(path: string): Promise<FileHandle | undefined> {
    if (!this.handles.has(path)) this.handles.set(path, await open(path, 'r').catch(() => undefined));
    return this.handles.get(path);
  }
}
