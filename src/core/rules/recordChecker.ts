import type { RecordProblem, RecordSample } from '../dataset/dialect.ts';
import { goesOn } from '../dataset/dialogue.ts';
import { RecordLocator } from '../dataset/locate.ts';
import type { Message } from '../dataset/sample.ts';
import type { Span } from '../json/stringMap.ts';
import type { JsonValue } from '../json/value.ts';
import { severities, type Fix, type Severity } from './finding.ts';
import { metNeeds, needBits } from './needs.ts';
import { spanOfPart } from './places.ts';
import { factKind, type Hit, type Part, type SampleRule } from './rule.ts';
import { SampleContext } from './sampleContext.ts';
import { toolOfPart } from './toolOfPart.ts';
import type { ActiveRule } from './settings.ts';
import type { Suppressions } from './suppression.ts';

/** A finding on one record; `range` are UTF-16 offsets of the record's text. Plain data but for `fixes`. */
export type RecordFinding = {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly range: Span;
  /** Absent for what cannot be read: then there is no sample. */
  readonly at?: Part;
  readonly sampleId?: string;
  /** Name of the tool that it is about, where it is about one. */
  readonly toolName?: string;
  readonly fixes?: readonly Fix[];
};

/** What dataset rules keep of a sample, which is the `sample`-th of its record. `kind` as of `factKind`. */
export type RecordFact = { readonly kind: string; readonly sample: number; readonly fact: JsonValue };

export type CheckedRecord = { readonly samples: number; readonly findings: readonly RecordFinding[]; readonly facts: readonly RecordFact[] };

/** A record as it was read: its text (or one in which it starts at `start`, to which ranges then belong; several starts for a file of lines that is one record) and its value. */
export type ReadRecord = { readonly text: string; readonly start: number | readonly number[]; readonly value: JsonValue; readonly dialect: string };

/** Checks a dataset record by record: all rules on single samples, and what the rules on the whole set keep of each. */
export class RecordChecker {
  private readonly rules: readonly (ActiveRule<SampleRule> & { readonly needs: number })[];
  /** The rules for each set of needs that was met so far. */
  private readonly rulesByNeeds = new Map<number, readonly ActiveRule<SampleRule>[]>();
  private readonly collectors = new Map<string, (context: SampleContext) => JsonValue | undefined>();

  constructor(
    active: readonly ActiveRule[],
    private readonly suppressions?: Suppressions,
  ) {
    this.rules = active.filter(isSampleRule).map((one) => ({ ...one, needs: needBits(one.rule.needs ?? []) }));
    for (const { rule, options } of active) if (rule.scope === 'dataset' && !this.collectors.has(factKind(rule))) this.collectors.set(factKind(rule), rule.collect(options));
  }

  check(record: ReadRecord, samples: readonly RecordSample[], problems: readonly RecordProblem[]): CheckedRecord {
    const run = new RecordRun(record, this.suppressions);
    for (const problem of problems) run.addProblem(problem);
    const facts: RecordFact[] = [];
    let last: readonly Message[] = [];
    for (let sample = 0; sample < samples.length; sample += 1) {
      const read = samples[sample] as RecordSample; // Below the length.
      const context = new SampleContext(read, record.value, record.dialect, goesOn(read.sample.messages, last) ? last.length : 0);
      last = read.sample.messages;
      for (const { rule, severity, options } of this.rulesFor(context)) {
        const hits = rule.check(context, options);
        // Nearly always: an iterator is not made for nothing.
        if (isEmptyList(hits)) continue;
        for (const hit of hits) run.addHit(read, rule.id, severity, hit);
      }
      for (const [kind, collect] of this.collectors) {
        const fact = collect(context);
        if (fact !== undefined) facts.push({ kind, sample, fact });
      }
    }
    return { samples: samples.length, findings: run.findings, facts };
  }

  private rulesFor(context: SampleContext): readonly ActiveRule<SampleRule>[] {
    const met = metNeeds(context);
    let fitting = this.rulesByNeeds.get(met);
    if (fitting === undefined) this.rulesByNeeds.set(met, (fitting = this.rules.filter(({ needs }) => (needs & met) === needs)));
    return fitting;
  }
}

function isEmptyList(hits: unknown): boolean {
  return Array.isArray(hits) && hits.length === 0;
}

/** A hit with its rule, at the severity that is in force. */
export type RuleHit = Hit & { readonly rule: string; readonly severity: Severity };

const noHits: readonly RuleHit[] = [];

/** What the rules on single samples say of one. */
export function checkSample(context: SampleContext, active: readonly ActiveRule[]): readonly RuleHit[] {
  return hitsOf(context, active.filter(isSampleRule));
}

/** Most samples have no hit: no list is made for them. */
function hitsOf(context: SampleContext, active: readonly ActiveRule<SampleRule>[]): readonly RuleHit[] {
  let found: RuleHit[] | undefined;
  for (const { rule, severity, options } of active) {
    for (const hit of rule.check(context, options)) (found ??= []).push({ ...hit, rule: rule.id, severity: weaker(hit.severity, severity) });
  }
  return found ?? noHits;
}

function isSampleRule(active: ActiveRule): active is ActiveRule<SampleRule> {
  return active.rule.scope === 'sample';
}

/** The findings of one record; its text is parsed with positions only when there is one. */
export class RecordRun {
  readonly findings: RecordFinding[] = [];
  private located: RecordLocator | undefined;

  constructor(
    private readonly record: ReadRecord,
    private readonly suppressions: Suppressions | undefined,
  ) {}

  addProblem({ path, message, leftOut }: RecordProblem): void {
    const { start, end } = this.locator.deepest(path)?.span ?? this.locator.record;
    const shown = leftOut === true ? ({ severity: 'information', message } as const) : ({ severity: 'error', message: `the record cannot be read: ${message}` } as const);
    this.findings.push({ rule: unreadable, ...shown, range: { start, end: Math.min(start + 1, end) } });
  }

  addHit(read: RecordSample, rule: string, severity: Severity, hit: Hit): void {
    const { sample } = read;
    if (this.suppressions?.hides(rule, this.record.value, () => sample.id) === true) return;
    const toolName = toolOfPart(sample, hit.at);
    this.findings.push({
      rule,
      severity: weaker(hit.severity, severity),
      message: hit.message,
      range: spanOfPart(this.locator, read, hit.at),
      at: hit.at,
      // Own and enumerable, so that a copy has it like any other member; hashing the whole sample is left to who asks.
      get sampleId() {
        return sample.id;
      },
      ...(toolName === undefined ? {} : { toolName }),
      ...(hit.fixes === undefined ? {} : { fixes: hit.fixes() }),
    });
  }

  private get locator(): RecordLocator {
    this.located ??= new RecordLocator(this.record.text, this.record.start);
    return this.located;
  }
}

/** The rule of what cannot be read; it stands apart, for there is no sample. */
export const unreadable = 'unreadable-record';

/** A hit may be weaker than its rule, and is never stronger. */
export function weaker(own: Severity | undefined, rule: Severity): Severity {
  return own !== undefined && severities.indexOf(own) > severities.indexOf(rule) ? own : rule;
}
