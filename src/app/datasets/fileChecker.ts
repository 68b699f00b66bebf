import { applyEdits } from '../../core/dataset/labelEdit.ts';
import { unknownDialect, type RecordReader, type ReadValue } from '../../core/dataset/recordReader.ts';
import { structureEdits } from '../../core/dataset/structureEdits.ts';
import type { TextEdit } from '../../core/dataset/spans.ts';
import type { RawRecord } from '../../core/jsonl/recordSplitter.ts';
import { LineIndex } from '../../core/jsonl/lineIndex.ts';
import { parseJson } from '../../core/json/parse.ts';
import type { JsonValue } from '../../core/json/value.ts';
import { fingerprint } from '../../core/rules/baseline.ts';
import type { Severity } from '../../core/rules/finding.ts';
import { RecordChecker, unreadable, type CheckedRecord, type RecordFinding } from '../../core/rules/recordChecker.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { activeRules, type RuleSettings } from '../../core/rules/settings.ts';
import { Suppressions, type Suppression } from '../../core/rules/suppression.ts';
import { FactPacker, type FactPack } from './factPack.ts';
import { readerOf, type ReadSetup } from './readSetup.ts';
import { samplePlaceNumbers } from './samplePlaces.ts';

/** Everything that a thread needs to check the records of one file; plain data. */
export type CheckSetup = ReadSetup & {
  readonly settings: RuleSettings;
  readonly suppressions: readonly Suppression[];
  /** Whether safe fixes are worked out. */
  readonly fix: boolean;
  /** Whether findings tell whose they are, by `sampleId` and `print`: that takes a hash of the whole sample. */
  readonly named: boolean;
};

/** A finding with its place in the file: lines and UTF-16 columns from 0, `end` exclusive. */
export type PlacedFinding = {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** From 0. */
  readonly record: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Absent where there is no sample, or nobody asked for it. */
  readonly sampleId?: string;
  /** Name of the tool that it is about, where it is about one. */
  readonly tool?: string;
  /** What a baseline knows it by; empty where nobody asked for it. */
  readonly print: string;
  readonly fixable: boolean;
};

/** A record whose safe fixes change it: edits of its own text. */
export type FixedRecord = { readonly record: number; readonly byteOffset: number; readonly byteLength: number; readonly line: number; readonly text: string; readonly edits: readonly TextEdit[] };

export type CheckedBatch = {
  readonly records: number;
  /** `samplePlaceNumbers` of each sample. */
  readonly samples: Float64Array;
  readonly findings: readonly PlacedFinding[];
  /** Facts for the rules on the whole set, by their kind; samples are counted within the batch. */
  readonly facts: ReadonlyMap<string, FactPack>;
  readonly fixed: readonly FixedRecord[];
};

/** A fix may make another one possible; beyond this many rounds something goes in circles. */
const mostFixRounds = 5;

/** Checks the records of one file. */
export class FileChecker {
  private readonly reader: RecordReader;
  private readonly checker: RecordChecker;

  constructor(private readonly setup: CheckSetup) {
    this.reader = readerOf(setup);
    this.checker = new RecordChecker(activeRules(rules, setup.settings), new Suppressions(setup.suppressions).forFile(setup.file));
  }

  check(records: readonly RawRecord[]): CheckedBatch {
    const samples: number[] = [];
    const findings: PlacedFinding[] = [];
    const facts = new FactPacker();
    const fixed: FixedRecord[] = [];
    for (const record of records) {
      const { checked, value } = this.checkRecord(record);
      for (const { kind, sample, fact } of checked.facts) facts.push(kind, samples.length / samplePlaceNumbers + sample, fact);
      for (let index = 0; index < checked.samples; index += 1) samples.push(record.index, record.line, record.column, record.byteOffset, record.byteLength, index);
      if (checked.findings.length === 0) continue;
      const lines = new LineIndex(record.text);
      for (const finding of checked.findings) findings.push(placed(record, lines, finding, this.setup.named));
      if (!this.setup.fix || value === undefined) continue;
      const edits = this.safeEdits(record.text, record.index, checked);
      if (edits.length > 0) fixed.push({ record: record.index, byteOffset: record.byteOffset, byteLength: record.byteLength, line: record.line, text: record.text, edits });
    }
    return { records: records.length, samples: Float64Array.from(samples), findings, facts: facts.packed(), fixed };
  }

  /** Checks a file that is one record altogether; `records` are its lines or elements. */
  checkWhole(text: string, records: readonly RawRecord[]): CheckedBatch {
    const findings: PlacedFinding[] = [];
    const values: JsonValue[] = [];
    const starts: number[] = [];
    const lines = new LineIndex(text);
    const whole: RawRecord = { index: 0, text, byteOffset: 0, byteLength: 0, line: 0, column: 0 };
    for (const record of records) {
      const parsed = record.problem?.readable === false ? { ok: false as const, ...record.problem } : parseJson(record.text);
      if (!parsed.ok) {
        findings.push(placed(record, new LineIndex(record.text), refusal(record.text, parsed.offset, parsed.message), this.setup.named));
        // What follows a broken part of a dialogue has no known context.
        break;
      }
      values.push(parsed.value);
      starts.push(lines.offsetAt({ line: record.line, column: record.column }));
    }
    const { value, dialect, reading } = this.reader.readValue(values, 0);
    const checked = this.checker.check({ text, start: starts, value, dialect: dialect.id }, reading.samples, reading.problems);
    for (const finding of checked.findings) findings.push(placed(whole, lines, finding, this.setup.named));
    const facts = new FactPacker();
    for (const { kind, sample, fact } of checked.facts) facts.push(kind, sample, fact);
    return { records: 1, samples: Float64Array.from(reading.samples.flatMap((_, index) => [0, 0, 0, 0, 0, index])), findings, facts: facts.packed(), fixed: [] };
  }

  private checkRecord(record: RawRecord): { readonly checked: CheckedRecord; readonly value?: ReadValue } {
    const { problem } = record;
    const before: RecordFinding[] = problem === undefined ? [] : [refusal(record.text, problem.offset, problem.message)];
    if (problem?.readable === false) return { checked: { samples: 0, findings: before, facts: [] } };
    const read = this.reader.readText(record.text, record.index);
    if (!read.ok) return { checked: { samples: 0, findings: [...before, refusal(record.text, read.offset, read.message)], facts: [] } };
    // Of a file that is of no known dialect, one record says so for all.
    if (read.dialect.id === unknownDialect.id && this.setup.dialect === undefined && record.index > 0) return { checked: { samples: 0, findings: before, facts: [] } };
    const checked = this.checkRead(record.text, read);
    const doubled = read.warnings.map((message): RecordFinding => ({ rule: 'duplicate-key', severity: 'warning', message, range: { start: 0, end: Math.min(1, record.text.length) } }));
    return { checked: { ...checked, findings: [...before, ...doubled, ...checked.findings] }, value: read };
  }

  private checkRead(text: string, { value, dialect, reading }: ReadValue): CheckedRecord {
    return this.checker.check({ text, start: 0, value, dialect: dialect.id }, reading.samples, reading.problems);
  }

  /** Edits of all safe fixes of a record, round by round until none is left, joined into edits of the text as it was. */
  private safeEdits(text: string, record: number, checked: CheckedRecord): readonly TextEdit[] {
    let current = text;
    let findings = checked.findings;
    for (let round = 0; round < mostFixRounds; round += 1) {
      const edits = firstApart(findings.flatMap(({ fixes }) => safeFix(current, fixes)));
      if (edits.length === 0) break;
      const next = applyEdits(current, edits);
      const read = this.reader.readText(next, record);
      // A fix that breaks the record is none.
      if (!read.ok) break;
      current = next;
      findings = this.checkRead(next, read).findings;
    }
    return current === text ? [] : [difference(text, current)];
  }
}

function safeFix(text: string, fixes: RecordFinding['fixes']): readonly (readonly TextEdit[])[] {
  const fix = fixes?.find(({ safe }) => safe);
  const edits = fix && structureEdits(text, 0, fix.edits);
  return edits === undefined || edits.length === 0 ? [] : [edits];
}

/** Fixes, in order, whose edits do not meet those of fixes before them. */
function firstApart(fixes: readonly (readonly TextEdit[])[]): readonly TextEdit[] {
  const taken: TextEdit[] = [];
  for (const edits of fixes) {
    if (edits.every((edit) => taken.every((one) => edit.end <= one.start || edit.start >= one.end))) taken.push(...edits);
  }
  return taken;
}

/** One edit that turns a text into another: what stands between their common beginning and end. */
function difference(before: string, after: string): TextEdit {
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before.charCodeAt(head) === after.charCodeAt(head)) head += 1;
  let tail = 0;
  while (tail < shortest - head && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail += 1;
  return { start: head, end: before.length - tail, newText: after.slice(head, after.length - tail) };
}

function refusal(text: string, offset: number, message: string): RecordFinding {
  // At the end of a line there is nothing to see: the last character before it stands in.
  const start = Math.max(0, Math.min(offset, text.length - 1));
  return { rule: unreadable, severity: 'error', message: `the record cannot be read: ${message}`, range: { start, end: Math.min(start + 1, text.length) } };
}

function placed(record: RawRecord, lines: LineIndex, finding: RecordFinding, named: boolean): PlacedFinding {
  const { rule, severity, message, range, at, toolName, fixes } = finding;
  const sampleId = named ? finding.sampleId : undefined;
  const start = lines.positionAt(range.start);
  const end = lines.positionAt(range.end);
  const column = (position: { readonly line: number; readonly column: number }): number => position.column + (position.line === 0 ? record.column : 0);
  return {
    rule,
    severity,
    message,
    record: record.index,
    line: record.line + start.line,
    column: column(start),
    endLine: record.line + end.line,
    endColumn: column(end),
    ...(sampleId === undefined ? {} : { sampleId }),
    ...(toolName === undefined ? {} : { tool: toolName }),
    print: named ? fingerprint(rule, sampleId, at, record.text) : '',
    fixable: fixes?.some(({ safe }) => safe) ?? false,
  };
}
