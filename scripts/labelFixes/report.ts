import type { RuleHit } from '../../src/core/rules/recordChecker.ts';

/** Hits are absent where that state has no call to check. */
export type Fix = { readonly id: string; readonly source: string; readonly tier: string; readonly clean: boolean; readonly before: readonly RuleHit[] | undefined; readonly after: readonly RuleHit[] | undefined };
export type Flagged = { readonly id: string; readonly hits: readonly RuleHit[] };

type Level = 'error' | 'warning';
/** `rows` without calls in one state or the other are counted, and never hit. */
type Share = { readonly rows: number; readonly checked: number; readonly error: number; readonly warning: number };
type RuleRow = { readonly rule: string; readonly clean: number; readonly wrong: number; readonly alone: number; readonly otherFixes: number; readonly neverChanged: number; readonly neverChangedAtError: number };

export type Summary = {
  readonly rows: number;
  readonly tiers: Readonly<Record<string, Share>>;
  readonly clean: Share;
  readonly neverChanged: Share & { readonly absent: number };
  readonly others: Readonly<Record<string, Share>>;
  readonly rules: readonly RuleRow[];
};

export function summarise(fixes: readonly Fix[], others: readonly Fix[], kept: readonly Flagged[], absent: number): Summary {
  const tiers = [...new Set(fixes.map(({ tier }) => tier))].toSorted();
  const sources = [...new Set(others.map(({ source }) => source))];
  return {
    rows: fixes.length,
    tiers: Object.fromEntries(tiers.map((tier) => [tier, share(fixes.filter((fix) => fix.tier === tier))])),
    clean: share(fixes.filter(({ clean }) => clean)),
    neverChanged: { rows: kept.length, checked: kept.length, error: kept.filter(({ hits }) => isFlagged(hits, 'error')).length, warning: kept.filter(({ hits }) => isFlagged(hits, 'warning')).length, absent },
    others: Object.fromEntries(sources.map((source) => [source, share(others.filter((fix) => fix.source === source))])),
    rules: ruleRows(fixes, kept),
  };
}

function share(fixes: readonly Fix[]): Share {
  return { rows: fixes.length, checked: fixes.filter(({ before, after }) => before !== undefined || after !== undefined).length, error: fixes.filter((fix) => isHit(fix, 'error')).length, warning: fixes.filter((fix) => isHit(fix, 'warning')).length };
}

export function isFlagged(hits: readonly RuleHit[], level: Level): boolean {
  return hits.some(({ severity }) => severity === 'error' || severity === level);
}

/** Flagged before and not after. */
export function isHit({ before, after }: Fix, level: Level): boolean {
  return before !== undefined && isFlagged(before, level) && !(after !== undefined && isFlagged(after, level));
}

function ruleRows(fixes: readonly Fix[], kept: readonly Flagged[]): readonly RuleRow[] {
  const ids = [...new Set([...fixes.flatMap(({ before }) => before ?? []), ...kept.flatMap(({ hits }) => hits)].map(({ rule }) => rule))].toSorted();
  return ids.map((rule) => {
    const only = (hits: readonly RuleHit[] | undefined): readonly RuleHit[] | undefined => hits?.filter((hit) => hit.rule === rule);
    const without = (hits: readonly RuleHit[] | undefined): readonly RuleHit[] | undefined => hits?.filter((hit) => hit.rule !== rule);
    const hitBy = fixes.filter((fix) => isHit({ ...fix, before: only(fix.before), after: only(fix.after) }, 'warning'));
    const flagged = kept.map(({ hits }) => only(hits) ?? []);
    return {
      rule,
      clean: hitBy.filter((fix) => fix.clean).length,
      wrong: hitBy.filter((fix) => fix.tier === 'wrong').length,
      alone: hitBy.filter((fix) => fix.tier === 'wrong' && !isHit({ ...fix, before: without(fix.before), after: without(fix.after) }, 'warning')).length,
      otherFixes: hitBy.filter((fix) => fix.tier !== 'wrong').length,
      neverChanged: flagged.filter((hits) => isFlagged(hits, 'warning')).length,
      neverChangedAtError: flagged.filter((hits) => isFlagged(hits, 'error')).length,
    };
  });
}

export function printTables(summary: Summary, { list, missed }: { readonly list: readonly Flagged[]; readonly missed: readonly Fix[] }): void {
  const line = (name: string, { rows, checked, error, warning }: Share): void => console.log(`| ${name}${checked < rows ? ` (${rows - checked} without calls to check)` : ''} | ${rows} | ${part(error, rows)} | ${part(warning, rows)} |`);
  console.log('| fixes | rows | hit at error | hit at error or warning |\n|---|---|---|---|');
  line('`clean`', summary.clean);
  for (const [tier, found] of Object.entries(summary.tiers)) line(`tier \`${tier}\``, found);
  for (const [source, found] of Object.entries(summary.others)) line(source, found);
  console.log('\n| labels never changed | rows | flagged at error | flagged at error or warning |\n|---|---|---|---|');
  line(`in the bundle (${summary.neverChanged.absent} more are not)`, summary.neverChanged);
  console.log('\n| rule | `clean` hit | `wrong` hit | by no other rule | other tiers hit | never changed | of these at error |\n|---|---|---|---|---|---|---|');
  for (const row of summary.rules) console.log(`| ${row.rule} | ${row.clean} | ${row.wrong} | ${row.alone} | ${row.otherFixes} | ${row.neverChanged} | ${row.neverChangedAtError} |`);
  for (const { id, hits } of list) for (const hit of hits.filter(({ severity }) => severity !== 'information')) console.log(`${id}\t${hit.severity}\t${hit.rule}\t${hit.message}`);
  for (const fix of missed.filter(({ tier }) => tier === 'wrong')) console.log(`${isHit(fix, 'error') ? 'HIT-E' : isHit(fix, 'warning') ? 'HIT-W' : 'MISS'}\t${fix.id}\t${fix.clean ? 'clean' : ''}\tbefore: ${shown(fix.before)}\tafter: ${shown(fix.after)}`);
}

function part(count: number, of: number): string {
  return of === 0 ? '0' : `${count} (${((100 * count) / of).toFixed(1)} %)`;
}

function shown(hits: readonly RuleHit[] | undefined): string {
  return hits === undefined ? 'no calls' : hits.map(({ rule, severity, message }) => `${severity.charAt(0)}:${rule} ${message}`).join('; ');
}
