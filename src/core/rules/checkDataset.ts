import type { DatasetReading, ReadSample } from '../dataset/dataset.ts';
import { RecordLocator } from '../dataset/locate.ts';
import { LineIndex } from '../jsonl/lineIndex.ts';
import { severities, type Finding, type Severity } from './finding.ts';
import { spanOfPart } from './places.ts';
import type { Fact, Hit } from './rule.ts';
import { rules } from './rules.generated.ts';
import { SampleContext } from './sampleContext.ts';
import { activeRules, recommendedSettings, type ActiveRule, type RuleSettings } from './settings.ts';
import { unreadableRecord } from './unreadableRecord.ts';

/** All findings on a dataset that was read from `text`, in the order of the text. */
export function checkDataset(text: string, reading: Pick<DatasetReading, 'samples' | 'problems'>, settings: RuleSettings = recommendedSettings): readonly Finding[] {
  const active = activeRules(rules, settings);
  const contexts = contextsOf(reading.samples);
  const findings = contexts.flatMap(({ read, context }) => checkSample(context, active).map((hit) => placed(text, read, hit)));
  for (const { rule, severity, options } of active) {
    if (rule.scope !== 'dataset') continue;
    const facts = contexts.flatMap(({ context }, sample): Fact[] => {
      const fact = rule.fact(context, options);
      return fact === undefined ? [] : [{ sample, fact }];
    });
    for (const hit of rule.conclude(facts, options)) {
      const read = reading.samples[hit.sample];
      if (read !== undefined) findings.push(placed(text, read, { ...hit, rule: rule.id, severity: lowest(hit.severity, severity) }));
    }
  }
  if (reading.problems.length > 0) {
    const lines = new LineIndex(text);
    for (const problem of reading.problems) findings.push(unreadableRecord(problem, lines));
  }
  return findings.sort((a, b) => a.range.start - b.range.start);
}

type PlacedContext = { readonly read: ReadSample; readonly context: SampleContext };

function contextsOf(samples: readonly ReadSample[]): readonly PlacedContext[] {
  let record = -1;
  let seen = 0;
  return samples.map((read) => {
    if (read.occurrence.record !== record) seen = 0;
    record = read.occurrence.record;
    const context = new SampleContext(read, read.record, read.dialect, seen);
    seen = read.sample.messages.length;
    return { read, context };
  });
}

export type RuleHit = Hit & { readonly rule: string; readonly severity: Severity };

const noHits: readonly RuleHit[] = [];

/** What the rules on single samples say of one. Most have nothing to say: no list is made for them. */
export function checkSample(context: SampleContext, active: readonly ActiveRule[]): readonly RuleHit[] {
  let found: RuleHit[] | undefined;
  for (const { rule, severity, options } of active) {
    if (rule.scope !== 'sample') continue;
    for (const hit of rule.check(context, options)) (found ??= []).push({ ...hit, rule: rule.id, severity: lowest(hit.severity, severity) });
  }
  return found ?? noHits;
}

/** A hit may be weaker than its rule, and is never stronger. */
function lowest(own: Severity | undefined, rule: Severity): Severity {
  return own !== undefined && severities.indexOf(own) > severities.indexOf(rule) ? own : rule;
}

function placed(text: string, read: ReadSample, { rule, severity, message, at, fixes }: RuleHit): Finding {
  const range = spanOfPart(new RecordLocator(text, read.start), read, at);
  return { rule, severity, message, record: read.occurrence.record, range, sampleId: read.sample.id, ...(fixes === undefined ? {} : { fixes: fixes() }) };
}
