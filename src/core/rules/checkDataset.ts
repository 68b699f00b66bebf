import type { DatasetReading, ReadSample } from '../dataset/dataset.ts';
import { LineIndex } from '../jsonl/lineIndex.ts';
import type { Finding } from './finding.ts';
import { RecordChecker, RecordRun, type ReadRecord, type RecordFinding } from './recordChecker.ts';
import { factKind, type Fact } from './rule.ts';
import { rules } from './rules.generated.ts';
import { activeRules, recommendedSettings, type RuleSettings } from './settings.ts';
import { Suppressions } from './suppression.ts';
import { unreadableRecord } from './unreadableRecord.ts';

/** All findings on a dataset that was read from `text`, in the order of the text. */
export function checkDataset(
  text: string,
  reading: Pick<DatasetReading, 'samples' | 'problems'>,
  settings: RuleSettings = recommendedSettings,
  suppressions: Suppressions = new Suppressions([]),
): readonly Finding[] {
  const { samples } = reading;
  const active = activeRules(rules, settings);
  const checker = new RecordChecker(active, suppressions);
  const findings: Finding[] = [];
  const facts = new Map<string, Fact[]>(active.flatMap(({ rule }) => (rule.scope === 'dataset' ? [[factKind(rule), []]] : [])));
  for (let first = 0; first < samples.length; ) {
    const group = sameRecord(samples, first);
    const checked = checker.check(recordOf(text, group[0]), group, []);
    for (const finding of checked.findings) findings.push(inDataset(finding, group[0]));
    for (const { kind, sample, fact } of checked.facts) facts.get(kind)?.push({ sample: first + sample, fact });
    first += group.length;
  }
  for (const { rule, severity, options } of active) {
    if (rule.scope !== 'dataset') continue;
    for (const hit of rule.conclude(facts.get(factKind(rule)) ?? [], options)) {
      const read = hit && samples[hit.sample];
      if (hit === undefined || read === undefined) continue;
      const run = new RecordRun(recordOf(text, read), suppressions);
      run.addHit(read, rule.id, severity, hit);
      for (const finding of run.findings) findings.push(inDataset(finding, read));
    }
  }
  if (reading.problems.length > 0) {
    const lines = new LineIndex(text);
    for (const problem of reading.problems) findings.push(unreadableRecord(problem, lines));
  }
  return findings.sort((a, b) => a.range.start - b.range.start);
}

function sameRecord(samples: readonly ReadSample[], first: number): readonly [ReadSample, ...ReadSample[]] {
  const start = samples[first] as ReadSample; // The caller's index is one of the list.
  const group: [ReadSample, ...ReadSample[]] = [start];
  for (let at = first + 1; samples[at]?.occurrence.record === start.occurrence.record; at += 1) group.push(samples[at] as ReadSample);
  return group;
}

function recordOf(text: string, { start, starts, record, dialect }: ReadSample): ReadRecord {
  return { text, start: starts ?? start, value: record, dialect };
}

function inDataset({ at: _at, ...finding }: RecordFinding, { occurrence }: ReadSample): Finding {
  return { ...finding, record: occurrence.record };
}
