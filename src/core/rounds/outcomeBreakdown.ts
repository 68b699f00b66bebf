import type { Label } from '../dataset/sample.ts';
import { isMatch } from '../toolcall/outcome.ts';
import type { ProbeEntry } from './journalEntries.ts';

type Counts = Readonly<Record<string, number>>;

/** How the samples whose label calls a tool were answered. A sample with calls of several tools counts for each. */
export type ToolOutcomes = {
  readonly tool: string;
  readonly samples: number;
  readonly matched: number;
  /** Outcomes other than a match. */
  readonly outcomes: Counts;
  /** Of mismatches: samples with a difference of this kind in a call of this tool. */
  readonly kinds: Counts;
  /** The same by argument, where the difference is in one. */
  readonly arguments: readonly { readonly argument: string; readonly kinds: Counts }[];
};

export type OutcomeBreakdown = {
  /** Mismatched samples with a difference of this kind, whatever the tool; a sample may have several. */
  readonly kinds: Counts;
  /** By mismatches, most first; labels without calls are no tool's. */
  readonly tools: readonly ToolOutcomes[];
};

type Row = { readonly id: string; readonly label: Label };
type Tally = { samples: number; matched: number; readonly outcomes: Map<string, number>; readonly kinds: Map<string, number>; readonly arguments: Map<string, Map<string, number>> };

/** Outcomes by tool and argument, in the comparer's words. Failed requests are outcomes too: ERROR. */
export function outcomeBreakdown(rows: readonly Row[], probes: ReadonlyMap<string, ProbeEntry>): OutcomeBreakdown {
  const kinds = new Map<string, number>();
  const tools = new Map<string, Tally>();
  for (const { id, label } of rows) {
    const probe = probes.get(id);
    if (probe === undefined) continue;
    const found = differencesOf(probe, label);
    for (const kind of new Set(found.map((one) => one.kind))) count(kinds, kind);
    for (const tool of toolsOf(label)) {
      const tally = tools.get(tool) ?? { samples: 0, matched: 0, outcomes: new Map(), kinds: new Map(), arguments: new Map() };
      tools.set(tool, tally);
      tally.samples += 1;
      if (isMatch(probe.outcome)) tally.matched += 1;
      else count(tally.outcomes, probe.outcome);
      const own = found.filter((one) => one.tool === tool || one.tool === undefined);
      for (const kind of new Set(own.map((one) => one.kind))) count(tally.kinds, kind);
      countArguments(tally, own);
    }
  }
  return { kinds: plain(kinds), tools: [...tools].map(([tool, tally]) => outcomesOf(tool, tally)).sort(worstFirst) };
}

/** One difference, in which call and argument of the label; `tool` is undefined where it is in no single call of it. */
export type PlacedDifference = { readonly kind: string; readonly tool: string | undefined; readonly argument: string | undefined };

export function differencesOf({ comparison }: Pick<ProbeEntry, 'comparison'>, label: Label): readonly PlacedDifference[] {
  return (comparison?.differences ?? []).map(({ kind, path }) => {
    const [index, argument] = path;
    const calls = label.kind === 'calls' ? label.calls : [];
    // The index of an extra call is the prediction's.
    const tool = kind === 'extra-call' || typeof index !== 'number' ? undefined : calls[index]?.name;
    return { kind, tool, argument: tool !== undefined && typeof argument === 'string' ? argument : undefined };
  });
}

function toolsOf(label: Label): ReadonlySet<string> {
  return new Set(label.kind === 'calls' ? label.calls.map(({ name }) => name) : []);
}

function countArguments(tally: Tally, differences: readonly PlacedDifference[]): void {
  const seen = new Set<string>();
  for (const { kind, argument } of differences) {
    if (argument === undefined || seen.has(`${kind} ${argument}`)) continue;
    seen.add(`${kind} ${argument}`);
    const of = tally.arguments.get(argument) ?? new Map<string, number>();
    tally.arguments.set(argument, of);
    count(of, kind);
  }
}

function outcomesOf(tool: string, { samples, matched, outcomes, kinds, arguments: byArgument }: Tally): ToolOutcomes {
  const listed = [...byArgument].map(([argument, of]) => ({ argument, kinds: plain(of), sum: [...of.values()].reduce((a, b) => a + b, 0) }));
  listed.sort((a, b) => b.sum - a.sum || (a.argument < b.argument ? -1 : 1));
  return { tool, samples, matched, outcomes: plain(outcomes), kinds: plain(kinds), arguments: listed.map(({ argument, kinds: of }) => ({ argument, kinds: of })) };
}

function worstFirst(a: ToolOutcomes, b: ToolOutcomes): number {
  return b.samples - b.matched - (a.samples - a.matched) || (a.tool < b.tool ? -1 : 1);
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Most first. Names of tools and arguments are never keys of it: they may be `__proto__`. */
function plain(counts: ReadonlyMap<string, number>): Counts {
  return Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}
