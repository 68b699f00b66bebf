import { FileChecker, type CheckSetup } from '../../src/app/datasets/fileChecker.ts';
import type { RecordSample } from '../../src/core/dataset/dialect.ts';
import { RecordParser } from '../../src/core/dataset/recordParser.ts';
import { RecordReader } from '../../src/core/dataset/recordReader.ts';
import { dialectById } from '../../src/core/dataset/registry.ts';
import { toolBlockHits } from '../../src/core/dataset/reading/toolBlock.ts';
import { parseJson } from '../../src/core/json/parse.ts';
import { RecordSplitter, type RawRecord } from '../../src/core/jsonl/recordSplitter.ts';
import { rules } from '../../src/core/rules/rules.generated.ts';
import type { RuleSettings } from '../../src/core/rules/settings.ts';
import { nodeDecoding } from '../../src/node/decodeUtf8.ts';
import { useNodeHash } from '../../src/node/nodeHash.ts';
import { scaledKinds, scaledSet, type ScaledSet } from '../builders/scaledRecords.ts';
import type { BenchRow } from './row.ts';

/** MB of each data set. */
const megabytes = Number(process.env['LINT_BENCH_MB'] ?? 100);
const rounds = Number(process.env['LINT_BENCH_ROUNDS'] ?? 2);
const kinds = scaledKinds.filter((kind) => (process.env['LINT_BENCH_KINDS'] ?? kind).split(',').includes(kind));
const chunkBytes = 1 << 20;

const off = (wanted: (id: string, scope: string) => boolean): RuleSettings => ({
  profile: 'recommended',
  rules: Object.fromEntries(rules.filter(({ id, scope }) => wanted(id, scope)).map(({ id }) => [id, { severity: 'off' as const }])),
});
const localRules = off((_id, scope) => scope === 'dataset');
const allButNear = off((id) => id === 'near-duplicate-sample');

/** Reading, parsing and checking data sets beside JSON.parse of the file and of each JSON text in it. */
export function rows(): BenchRow[] {
  useNodeHash();
  return kinds.flatMap((kind) => lintRows(scaledSet(kind, megabytes * 1e6)));
}

/** Rounds of all measurements in turn, so that a machine that slows down slows all of them; the best of each. */
function lintRows(set: ScaledSet): BenchRow[] {
  const phases = phaseRuns(set);
  const runs = { base: () => parseAll(set.texts), local: () => check(set, localRules), all: () => check(set, allButNear), ...phases };
  const best = new Map<keyof typeof runs, number>();
  toolBlockHits.asked = toolBlockHits.found = 0;
  let findings = 0;
  for (let i = 0; i < rounds; i += 1) {
    for (const [name, run] of Object.entries(runs) as [keyof typeof runs, () => number][]) {
      const start = process.cpuUsage();
      const found = run();
      const used = process.cpuUsage(start);
      if (name === 'local') findings = found;
      best.set(name, Math.min(best.get(name) ?? Infinity, (used.user + used.system) / 1000));
    }
  }
  const time = (name: keyof typeof runs): number => best.get(name) ?? NaN;
  const base = time('base');
  const row = (what: string, value: number, unit: string): BenchRow => ({ name: `${set.name}: ${what}`, value, unit, better: 'lower' });
  const inBase = (milliseconds: number): number => Math.round((milliseconds / base) * 100) / 100;
  return [
    { name: `${set.name}: read + parse + local rules over JSON.parse of everything, ${megabytes} MB`, value: inBase(time('local')), unit: 'x', goal: 2, better: 'lower' },
    row('with the rules on the whole set, near-duplicates apart', inBase(time('all')), 'x'),
    row('of that split and decode', inBase(time('split')), 'x'),
    row('of that parse', inBase(time('parse') - time('split')), 'x'),
    row('of that read', inBase(time('read') - time('parse')), 'x'),
    row('of that rules and placing', inBase(time('local') - time('read')), 'x'),
    row('JSON.parse of everything', round(base), 'ms'),
    row('findings', round(findings / (set.bytes.length / 1e6)), 'a MB'),
    { ...row('tool blocks met again', round((100 * toolBlockHits.found) / Math.max(1, toolBlockHits.asked)), '%'), better: 'higher' },
  ];
}

function parseAll(texts: readonly string[]): number {
  for (const text of texts) JSON.parse(text);
  return texts.length;
}

function records(bytes: Uint8Array, take: (records: readonly RawRecord[]) => void): void {
  const splitter = new RecordSplitter({ decode: nodeDecoding() });
  for (let at = 0; at < bytes.length; at += chunkBytes) take(splitter.push(bytes.subarray(at, at + chunkBytes)));
  take(splitter.end());
}

function setup({ dialect, answers }: ScaledSet, settings: RuleSettings): CheckSetup {
  return { file: 'bench.jsonl', dialect, fixedDialect: false, steps: 'calls', settings, suppressions: [], companions: answers === undefined ? [] : [{ role: 'answers', stem: 'bench', path: 'answers.json', json: answers }], fix: false, named: false };
}

/** Everything that checking a file does in one thread; gives the number of findings. */
function check(set: ScaledSet, settings: RuleSettings): number {
  const checker = new FileChecker(setup(set, settings));
  let findings = 0;
  records(set.bytes, (some) => (findings += checker.check(some).findings.length));
  return findings;
}

/** The beginning of that work, each run a step longer. */
function phaseRuns(set: ScaledSet): { readonly split: () => number; readonly parse: () => number; readonly read: () => number } {
  const each = (work: (record: RawRecord) => number, before = 0): number => {
    let sum = before;
    records(set.bytes, (some) => {
      for (const record of some) sum += work(record);
    });
    return sum;
  };
  const answers = (): readonly unknown[] => (set.answers === undefined ? [] : [parseJson(set.answers)]);
  return {
    split: () => each(({ text }) => text.length),
    parse: () => {
      const parser = new RecordParser();
      return each(({ text }) => (parser.parse(text).ok ? 1 : 0), answers().length);
    },
    read: () => {
      const parsed = set.answers === undefined ? undefined : parseJson(set.answers);
      const companions = { answers: parsed?.ok === true && Array.isArray(parsed.value) ? [{ stem: 'bench', path: 'answers.json', records: parsed.value }] : [], tools: [] };
      const reader = new RecordReader(dialectById(set.dialect), { steps: 'calls', companions });
      return each(({ text, index }) => {
        const read = reader.readText(text, index);
        return read.ok ? read.reading.samples.reduce((sum: number, { sample }: RecordSample) => sum + sample.messages.length, 0) : 0;
      });
    },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
