import { l10n } from 'vscode';
import type { JobFile } from '../../protocol/jobFile.ts';

export type Limit = 'tokens' | 'money' | 'minutes';

const limits: readonly Limit[] = ['tokens', 'money', 'minutes'];

/** What a job has used of servers that are not its own, a budget each; empty where nothing is metered. */
export function usedLines({ metrics = {}, budgets = {} }: Pick<JobFile, 'metrics' | 'budgets'>): readonly string[] {
  return limits.flatMap((limit) => {
    const used = metrics[`used.${limit}`];
    // Money without a price is nought, and time alone is no cost.
    if (used === undefined || (budgets[limit] === undefined && (used === 0 || limit === 'minutes'))) return [];
    return [limitWords(limit, used, budgets[limit])];
  });
}

/** The same in the few characters that a status bar has: how far the budget is that is nearest to its end. */
export function usedShort(job: Pick<JobFile, 'metrics' | 'budgets'>): string {
  const nearest = nearestLimit(job);
  if (nearest !== undefined) return l10n.t('{0} % of the budget', Math.min(100, Math.floor(nearest.share * 100)));
  const tokens = job.metrics?.['used.tokens'] ?? 0;
  return tokens === 0 ? '' : l10n.t('{0} tokens', compact(tokens));
}

/** The budget that is used up most, and how far. */
export function nearestLimit({ metrics = {}, budgets = {} }: Pick<JobFile, 'metrics' | 'budgets'>): { readonly limit: Limit; readonly share: number; readonly used: number; readonly of: number } | undefined {
  const shares = limits.flatMap((limit) => {
    const [of, used = 0] = [budgets[limit], metrics[`used.${limit}`]];
    return of === undefined ? [] : [{ limit, share: used / of, used, of }];
  });
  return shares.sort((a, b) => b.share - a.share)[0];
}

/** `Tokens: 12.3k of 50k` */
export function limitWords(limit: Limit, used: number, of: number | undefined): string {
  const value = (n: number): string => (limit === 'tokens' ? compact(n) : String(Math.round(n * 10_000) / 10_000));
  const name = limitName(limit);
  return of === undefined ? `${name}: ${value(used)}` : l10n.t('{0}: {1} of {2}', name, value(used), value(of));
}

export function limitName(limit: Limit): string {
  return limit === 'tokens' ? l10n.t('Tokens') : limit === 'money' ? l10n.t('Money') : l10n.t('Minutes');
}

/** `12.3k` */
export function compact(n: number): string {
  if (n < 10_000) return String(Math.round(n));
  return n < 10_000_000 ? `${(n / 1000).toFixed(n < 100_000 ? 1 : 0)}k` : `${(n / 1_000_000).toFixed(1)}M`;
}
