import * as z from 'zod';
import { wilson, type Interval } from '../../src/core/evaluation/wilson.ts';
import type { RunDataset } from './run.ts';

/**
 * What a person said of one finding. `print` is the finding's fingerprint (sample, rule and place), so that a verdict holds
 * while the finding stands, wherever its record moves. Holds no text of the data.
 */
const verdictSchema = z.object({ dataset: z.string(), file: z.string(), record: z.number().int(), rule: z.string(), print: z.string(), verdict: z.enum(['right', 'wrong']), reason: z.string() });
export type Verdict = Readonly<z.infer<typeof verdictSchema>>;

export type RulePrecision = {
  readonly rule: string;
  readonly severities: Readonly<Record<string, number>>;
  readonly findings: number;
  readonly looked: number;
  readonly right: number;
  readonly precision: Interval;
  /** Verdicts on findings that a later change of the rule took away, right ones and wrong ones. */
  readonly gone: { readonly right: number; readonly wrong: number };
  readonly datasets: Readonly<Record<string, { readonly findings: number; readonly looked: number; readonly right: number }>>;
};

export function readVerdicts(text: string): readonly Verdict[] {
  return z.array(verdictSchema).parse(JSON.parse(text));
}

/** By rule: findings, and how many of those that somebody looked at are true. */
export function precisionOf(datasets: readonly RunDataset[], verdicts: readonly Verdict[]): readonly RulePrecision[] {
  const findings = datasets.flatMap(({ name, files }) => files.flatMap((file) => file.findings.map((finding) => ({ ...finding, dataset: name }))));
  const rules = [...new Set([...findings, ...verdicts].map(({ rule }) => rule))].toSorted();
  return rules.map((rule) => {
    const own = findings.filter((finding) => finding.rule === rule);
    const judged = verdicts.filter((verdict) => verdict.rule === rule);
    const standing = judged.filter(({ dataset, print }) => own.some((finding) => finding.dataset === dataset && finding.print === print));
    const gone = judged.filter((verdict) => !standing.includes(verdict));
    const right = standing.filter(isRight).length;
    return {
      rule,
      severities: countBy(own.map(({ severity }) => severity)),
      findings: own.length,
      looked: standing.length,
      right,
      precision: wilson(right, standing.length),
      gone: { right: gone.filter(isRight).length, wrong: gone.length - gone.filter(isRight).length },
      datasets: Object.fromEntries(Object.entries(countBy(own.map(({ dataset }) => dataset))).map(([dataset, all]) => {
        const looked = standing.filter((verdict) => verdict.dataset === dataset);
        return [dataset, { findings: all, looked: looked.length, right: looked.filter(isRight).length }];
      })),
    };
  });
}

function isRight({ verdict }: Verdict): boolean {
  return verdict === 'right';
}

export function countBy(keys: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries(counts);
}
