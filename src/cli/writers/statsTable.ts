import type { DatasetStats } from '../../app/datasets/stats.ts';
import { formatTable } from '../table.ts';

/** What a dataset holds, as tables for people. */
export function statsText(stats: DatasetStats): string {
  return [filesText(stats), kindsText(stats), quantilesText(stats), toolsText(stats), argumentsText(stats), findingsText(stats)].filter((part) => part !== '').join('\n\n');
}

function filesText({ files, records, samples, unreadable, duplicates, contradictions, families }: DatasetStats): string {
  const rows = files.map((file) => [file.path, String(file.records), String(file.samples), String(file.unreadable), dialectsText(file)]);
  const all = files.length > 1 ? [['in all', String(records), String(samples), String(unreadable), '']] : [];
  const notes = files.flatMap(({ path, notes: own }) => own.map((note) => `  ${path}: ${note}`));
  return [
    formatTable([['file', 'records', 'samples', 'unreadable', 'dialects'], ...rows, ...all]),
    ...notes,
    `  ${families} dialogues, ${duplicates} duplicates${share(duplicates, samples)}, ${contradictions} contexts with different labels`,
  ].join('\n');
}

function dialectsText({ dialects }: DatasetStats['files'][number]): string {
  const entries = Object.entries(dialects);
  return entries.length === 1 ? (entries[0]?.[0] ?? '') : entries.map(([dialect, count]) => `${dialect} ${count}`).join(', ');
}

function kindsText({ kinds, multiTurn, samples }: DatasetStats): string {
  const row = (name: string, count: number) => [name, String(count), share(count, samples).trim()];
  return formatTable([['label', 'samples', ''], ...Object.entries(kinds).map(([kind, count]) => row(kind, count)), row('(of these with earlier answers)', multiTurn)]);
}

function quantilesText({ quantiles, long, samples }: DatasetStats): string {
  const rows = Object.entries(quantiles).map(([name, { mean, p50, p90, p99, max }]) => [nameOf(name), mean.toFixed(1), String(p50), String(p90), String(p99), String(max)]);
  return [
    formatTable([['', 'mean', '50 %', '90 %', '99 %', 'most'], ...rows]),
    `  Tokens are estimated: bytes / 4. Above ${long.promptLimit} prompt tokens: ${long.prompts}${share(long.prompts, samples)}; above ${long.responseLimit} response tokens: ${long.responses}${share(long.responses, samples)}`,
  ].join('\n');
}

function nameOf(quantity: string): string {
  return quantity === 'calls' ? 'calls a sample that calls' : quantity === 'arguments' ? 'arguments a call' : `${quantity} a sample`;
}

function toolsText({ tools }: DatasetStats): string {
  const rows = tools.top.filter(({ called }) => called > 0).map(({ name, offered, called }) => [name, String(called), String(offered)]);
  return [
    `  ${tools.names} tools, ${tools.neverCalled} never called${share(tools.neverCalled, tools.names)}; ${tools.calls} calls, ${tools.unknown} of tools that are not offered`,
    ...(rows.length === 0 ? [] : [formatTable([['most called', 'calls', 'offered in'], ...rows])]),
  ].join('\n');
}

function argumentsText({ argumentTypes }: DatasetStats): string {
  const entries = Object.entries(argumentTypes);
  const all = entries.reduce((sum, [, count]) => sum + count, 0);
  return entries.length === 0 ? '' : formatTable([['argument type', 'values', ''], ...entries.map(([type, count]) => [type, String(count), share(count, all).trim()])]);
}

function findingsText({ findings, wrongSamples, samples }: DatasetStats): string {
  if (findings.length === 0) return '  No findings.';
  const rows = findings.map(({ severity, rule, count, per1000 }) => [`${severity} ${rule}`, String(count), per1000.toFixed(2)]);
  return [`  ${wrongSamples} samples with an error${share(wrongSamples, samples)}`, formatTable([['finding', 'count', 'per 1,000 samples'], ...rows])].join('\n');
}

/** ` (12.3 %)` */
function share(part: number, all: number): string {
  return all === 0 ? '' : ` (${((100 * part) / all).toFixed(1)} %)`;
}
