import type { ExpansionResult, ExpansionYield } from '../loop/expansions.ts';
import { expansionGates, type ExpansionGate } from './journalEntries.ts';
import type { RoundReport } from './roundReport.ts';

type ExpandPart = RoundReport['expand'];

const mostReasons = 5;

/** What became of a round's expansions: gate by gate with the reasons given, and by what was asked for. */
export function expandReport({ asked, accepted, refused }: ExpansionYield, results: readonly ExpansionResult[]): ExpandPart {
  const gates = expansionGates.flatMap((gate) => {
    const count = refused[gate];
    return count === undefined ? [] : [{ gate, refused: count, reasons: [...reasonsOf(results, gate)] }];
  });
  return {
    asked,
    accepted,
    refused: { ...refused },
    ...(results.length === 0 ? {} : { gates, kinds: yieldBy(results, ({ kind }) => kind ?? 'same'), variations: yieldBy(results, ({ variation }) => variation) }),
  };
}

/** Most often first. */
function reasonsOf(results: readonly ExpansionResult[], gate: ExpansionGate): readonly { readonly reason: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const result of results) {
    if (result.gate !== gate) continue;
    const reason = commonReason(result.reason);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return sorted.slice(0, mostReasons).map(([reason, count]) => ({ reason, count }));
}

const longestReason = 160;

/** A reason without the sample that it names and the likeness, so that equal ones can be counted. */
export function commonReason(reason: string): string {
  const [first = ''] = reason.replace(/\bsmp_\p{Hex_Digit}+/gu, 'another one').replace(/^\d+ % of/, 'most of').split('\n');
  return first.length > longestReason ? `${first.slice(0, longestReason)}…` : first;
}

function yieldBy(results: readonly ExpansionResult[], keyOf: (result: ExpansionResult) => string): Record<string, { asked: number; accepted: number }> {
  const counts = new Map<string, { asked: number; accepted: number }>();
  for (const result of results) {
    const of = counts.get(keyOf(result)) ?? { asked: 0, accepted: 0 };
    counts.set(keyOf(result), { asked: of.asked + 1, accepted: of.accepted + (result.status === 'accepted' ? 1 : 0) });
  }
  // Names of kinds and variations are ours.
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b.asked - a.asked));
}
