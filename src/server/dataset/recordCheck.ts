import type { RecordSample } from '../../core/dataset/dialect.ts';
import { RecordLocator } from '../../core/dataset/locate.ts';
import type { RecordReader } from '../../core/dataset/recordReader.ts';
import type { ToolDefinition } from '../../core/dataset/sample.ts';
import { member } from '../../core/json/member.ts';
import { objectOf, parseJson } from '../../core/json/parse.ts';
import type { Span } from '../../core/json/stringMap.ts';
import type { JsonValue } from '../../core/json/value.ts';
import { severities, type Severity } from '../../core/rules/finding.ts';
import { placesOf } from '../../core/rules/places.ts';
import { RecordChecker, unreadable, type RecordFact, type RecordFinding } from '../../core/rules/recordChecker.ts';
import { factKind, type DatasetRule } from '../../core/rules/rule.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { SampleContext } from '../../core/rules/sampleContext.ts';
import { activeRules, type ActiveRule, type RuleSettings } from '../../core/rules/settings.ts';
import type { Suppressions } from '../../core/rules/suppression.ts';
import type { EntryProblem } from './recordTable.ts';

/** What the project of a document says of its findings. */
export type CheckSettings = { readonly rules: RuleSettings; readonly suppressions: Suppressions };

/** A finding with ranges relative to its record. */
export type LiveFinding = RecordFinding & {
  /** Where the tool is defined that the call is of. */
  readonly tool?: Span;
  /** Another record that it speaks of, and the number that it had when last looked. */
  readonly related?: { readonly record: LiveRecord; number: number };
};

/** What is known of a record as long as its text stays as it is. */
export type LiveRecord = {
  readonly findings: readonly LiveFinding[];
  readonly samples: readonly { readonly id: string; readonly labelHash: string }[];
  readonly facts: readonly RecordFact[];
  /** What the record says of suppressed rules; a record of its own for `Suppressions`. */
  readonly says: JsonValue;
  /** What the rules on the whole set found, as of their last run. */
  readonly wide: readonly LiveFinding[];
  /** Both kinds of findings in the order of the text, and the severities that are among them. */
  readonly all: readonly LiveFinding[];
  readonly severities: number;
};

/** A severity among those of a record. */
export function severityBit(severity: Severity): number {
  return 1 << severities.indexOf(severity);
}

/** The same record with other findings of the whole set; what knows the old one knows it too. */
export function takeWide(record: LiveRecord, wide: readonly LiveFinding[]): void {
  Object.assign(record, findingsOf(record.findings, wide));
}

function findingsOf(findings: readonly LiveFinding[], wide: readonly LiveFinding[]): Pick<LiveRecord, 'findings' | 'wide' | 'all' | 'severities'> {
  const all = wide.length === 0 && findings.length < 2 ? findings : [...findings, ...wide].sort((a, b) => a.range.start - b.range.start);
  return { findings, wide, all, severities: all.reduce((bits, { severity }) => bits | severityBit(severity), 0) };
}

const noFindings: readonly LiveFinding[] = [];
const saysNothing: JsonValue = objectOf([]);
/** A hover shows one definition, and so many findings of a record need no more. */
const mostWithTool = 8;

/** Checks records one by one: their findings, and what the rules on the whole set keep of them. */
export class RecordCheck {
  readonly wideRules: readonly ActiveRule<DatasetRule>[];
  private readonly checker: RecordChecker;
  private readonly ofTools: readonly { readonly rule: ActiveRule<DatasetRule>; readonly facts: WeakMap<readonly ToolDefinition[], { readonly fact: JsonValue | undefined }> }[];

  constructor(
    readonly reader: RecordReader,
    readonly settings: CheckSettings,
  ) {
    const active = activeRules(rules, settings.rules);
    this.wideRules = active.filter(isWide);
    this.ofTools = this.wideRules.filter(({ rule }) => rule.ofTools === true).map((rule) => ({ rule, facts: new WeakMap() }));
    this.checker = new RecordChecker(active.filter((one) => !isWide(one) || one.rule.ofTools !== true), settings.suppressions);
  }

  /** `known`: what the text was parsed to, where it was. */
  check(text: string, index: number, known?: { readonly value: JsonValue; readonly warnings: readonly string[] }): LiveRecord {
    if (known !== undefined) return this.checkParsed(text, index, known);
    const parsed = parseJson(text);
    return parsed.ok ? this.checkParsed(text, index, parsed) : this.refused(text, parsed);
  }

  private checkParsed(text: string, index: number, { value, warnings }: { readonly value: JsonValue; readonly warnings: readonly string[] }): LiveRecord {
    const doubled = warnings.map((message): RecordFinding => ({ rule: 'duplicate-key', severity: 'warning', message, range: { start: 0, end: Math.min(1, text.length) } }));
    return this.checkValue(text, 0, value, index, doubled);
  }

  /** Checks a document that is one record; `starts` are those of its lines or elements. */
  checkWhole(text: string, starts: readonly number[], values: readonly JsonValue[], problem: (EntryProblem & { readonly start: number }) | undefined): LiveRecord {
    const refused = problem === undefined ? [] : [refusal(text, problem.start + problem.offset, problem.message)];
    return this.checkValue(text, starts, values, 0, refused);
  }

  /** What cannot be read. */
  refused(text: string, { offset, message }: EntryProblem): LiveRecord {
    return { ...findingsOf([refusal(text, offset, message)], noFindings), samples: [], facts: [], says: saysNothing };
  }

  private checkValue(text: string, start: number | readonly number[], value: JsonValue, index: number, before: readonly RecordFinding[]): LiveRecord {
    const { dialect, reading } = this.reader.readValue(value, index);
    const checked = this.checker.check({ text, start, value, dialect: dialect.id }, reading.samples, reading.problems);
    const facts = [...checked.facts];
    for (const [sample, read] of reading.samples.entries()) this.addToolFacts(facts, sample, read, value, dialect.id);
    const says = member(value, 'looptool');
    const own = before.length === 0 && checked.findings.length === 0 ? noFindings : [...before, ...withTools(checked.findings, reading.samples, text, start)];
    return {
      ...findingsOf(own, noFindings),
      samples: reading.samples.map(({ sample: { id, labelHash } }) => ({ id, labelHash })),
      facts,
      says: says === undefined ? saysNothing : objectOf([['looptool', says]]),
    };
  }

  private addToolFacts(facts: RecordFact[], sample: number, read: RecordSample, value: JsonValue, dialect: string): void {
    const { tools } = read.sample;
    if (tools.length === 0) return;
    for (const { rule, facts: known } of this.ofTools) {
      let entry = known.get(tools);
      if (entry === undefined) known.set(tools, (entry = { fact: rule.rule.collect(rule.options)(new SampleContext(read, value, dialect, 0)) }));
      if (entry.fact !== undefined) facts.push({ kind: factKind(rule.rule), sample, fact: entry.fact });
    }
  }
}

function isWide(active: ActiveRule): active is ActiveRule<DatasetRule> {
  return active.rule.scope === 'dataset';
}

/** At the end of a line there is nothing to see: the last character before it stands in. */
function refusal(text: string, offset: number, message: string): RecordFinding {
  let start = Math.max(0, Math.min(offset, text.length));
  while (start > 0 && (start >= text.length || text[start] === '\n' || text[start] === '\r')) start -= 1;
  return { rule: unreadable, severity: 'error', message: `the record cannot be read: ${message}`, range: { start, end: Math.min(start + 1, text.length) } };
}

/** Findings on calls, with the place of the tool's definition. Copies: what rules hand out holds on to the sample for its id. */
function withTools(findings: readonly RecordFinding[], samples: readonly RecordSample[], text: string, start: number | readonly number[]): readonly LiveFinding[] {
  let locator: RecordLocator | undefined;
  const known = new Map<string, Span | undefined>();
  return findings.map((given) => {
    const finding = { ...given };
    const { at, sampleId, toolName } = finding;
    if (at === undefined || !('call' in at)) return finding;
    const read = samples.find(({ sample }) => sample.id === sampleId);
    const tool = read?.sample.tools.findIndex((one) => one.name === toolName) ?? -1;
    if (read === undefined || tool < 0) return finding;
    const key = `${sampleId} ${tool}`;
    if (!known.has(key)) {
      const path = known.size < mostWithTool ? placesOf(read).tools[tool] : undefined;
      known.set(key, path && (locator ??= new RecordLocator(text, start)).locate(path)?.span);
    }
    const span = known.get(key);
    return span === undefined ? finding : { ...finding, tool: span };
  });
}
