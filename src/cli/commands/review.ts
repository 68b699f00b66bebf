import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { LoopToolError } from '../../core/errors.ts';
import { visibleLine } from '../../core/text/visibleText.ts';
import { describeSystemError, writeFileAtomic } from '../../node/atomicFile.ts';
import { parseLine } from '../../node/jsonLine.ts';
import type { DecideRequest, DecideResult } from '../../app/review/decidePairs.ts';
import type { ExportOptions } from '../../app/review/exportIssue.ts';
import type { ListedPair, ListOptions, ListResult } from '../../app/review/listPairs.ts';
import type { Counted, ReviewStats, StatsOptions } from '../../app/review/reviewStats.ts';
import type { Measurement, Share } from '../../core/review/measure/measurement.ts';
import { exitCodes, type Command } from '../context.ts';
import { formatTable } from '../table.ts';

/** Options are worked out when it runs, so that a mistake in them is told like any other. */
export function reviewListCommand(options: () => ListOptions): Command {
  return async ({ app, writer }) => {
    const result = await app.listPairs(options());
    writer.result('review list', result, listText(result));
    return exitCodes.ok;
  };
}

type Common = { readonly project: string; readonly round?: number | undefined; readonly predictions?: string | undefined; readonly by?: string | undefined };

export type DecideFlags = { readonly sampleId?: string | undefined; readonly ruling?: string | undefined; readonly label?: string | undefined; readonly labelHash?: string | undefined; readonly note?: string | undefined; readonly confirm: boolean; readonly undo: boolean; readonly redo: boolean };

export function reviewDecideCommand(common: Common, flags: DecideFlags): Command {
  return async ({ app, writer }) => {
    if (flags.undo || flags.redo) {
      if (flags.sampleId !== undefined || flags.undo === flags.redo) throw new LoopToolError('usage', 'Give either a sample with a ruling, or --undo, or --redo.');
      const step = flags.undo ? 'undo' : 'redo';
      const result = await app.decidePairs({ ...common, step });
      const none = `There is nothing to ${step}.`;
      writer.result('review decide', result, result.changed.length === 0 ? none : result.changed.map(({ sampleId, ruling }) => `${sampleId}: ${ruling} ${step === 'undo' ? 'taken back' : 'put back'}`).join('\n'));
      return exitCodes.ok;
    }
    const { requests, refused } = flags.sampleId === '-' ? await requestsOf(app, await textOf(process.stdin)) : { requests: [await requestOf(app, flags)], refused: [] };
    const done = requests.length === 0 ? { decided: [], refused: [], changed: [], warnings: [] } : await app.decidePairs({ ...common, requests });
    const result: DecideResult = { ...done, refused: [...refused, ...done.refused] };
    writer.result('review decide', result, decideText(result));
    return result.refused.length > 0 ? exitCodes.findings : exitCodes.ok;
  };
}

type App = Parameters<Command>[0]['app'];

async function requestOf(app: App, { sampleId, ruling, label, labelHash, note, confirm }: DecideFlags): Promise<DecideRequest> {
  if (sampleId === undefined || ruling === undefined) throw new LoopToolError('usage', 'Give the id of a sample and a ruling, - for NDJSON on standard input, --undo, or --redo.');
  const { decideRequestSchema, rulings } = await app.decisionRequests();
  if (!rulings.some((known) => known === ruling)) throw new LoopToolError('usage', `There is no ruling ${JSON.stringify(ruling)}. Use one of ${rulings.join(', ')}.`);
  const given = label === undefined ? {} : { label: await labelValue(label) };
  const parsed = decideRequestSchema.safeParse({ sampleId, ruling, labelHash, note, confirmed: confirm, ...given });
  if (!parsed.success) throw new LoopToolError('usage', 'A label is JSON: an object with its kind, a list of calls {"name": …, "arguments": {…}}, or a text.');
  return parsed.data;
}

/** JSON, or the name of a file that holds it. */
async function labelValue(given: string): Promise<unknown> {
  const own = parseLine(given);
  if (own.ok) return own.value;
  let text: string;
  try {
    text = await readFile(given, 'utf8');
  } catch (cause) {
    throw new LoopToolError('usage', `--label is neither JSON nor a file that can be read: ${describeSystemError(cause)}.`, { cause });
  }
  const parsed = parseLine(text);
  if (!parsed.ok) throw new LoopToolError('usage', `${given} is not JSON: ${parsed.message}`);
  return parsed.value;
}

/** One object a line; lines that are none are refused, by number. */
async function requestsOf(app: App, text: string): Promise<{ readonly requests: readonly DecideRequest[]; readonly refused: DecideResult['refused'] }> {
  const { decideRequestSchema } = await app.decisionRequests();
  const requests: DecideRequest[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = parseLine(line);
    const request = parsed.ok ? decideRequestSchema.safeParse(parsed.value) : undefined;
    // Of a batch all lines count, or none: a pipe that was cut must not decide half of it.
    if (request?.success !== true) throw new LoopToolError('usage', `Line ${index + 1} of the standard input is no decision: {"sampleId", "ruling", "label"?, "labelHash"?, "note"?, "confirmed"?}. Nothing was decided.`);
    requests.push(request.data);
  }
  return { requests, refused: [] };
}

export function reviewStatsCommand(options: StatsOptions): Command {
  return async ({ app, writer }) => {
    const stats = await app.reviewStats(options);
    writer.result('review stats', stats, statsText(stats));
    return exitCodes.ok;
  };
}

export function reviewExportCommand(options: Omit<ExportOptions, 'signal'>, output: string): Command {
  return async ({ app, writer, signal, json, print, remark }) => {
    const result = await app.exportIssues({ ...options, signal });
    if (output !== '-') await writeFileAtomic(output, result.markdown);
    if (json) writer.result('review export', output === '-' ? result : { ...result, markdown: undefined, output }, '');
    else if (output === '-') print([result.markdown.replace(/\n$/, '')]);
    for (const line of [...result.warnings.map((warning) => `Warning: ${warning}`), ...result.missing.map((id) => `There is no sample ${id} among the pairs or in the datasets.`)]) if (!json) remark(line);
    return result.missing.length > 0 ? exitCodes.findings : exitCodes.ok;
  };
}

function listText({ title, sourceTotal, total, undecided, pairs, warnings }: ListResult): string {
  const lines = [...warnings.map((warning) => `Warning: ${warning}`), `${title}: ${total} of ${sourceTotal} pairs, ${undecided} undecided`];
  for (const pair of pairs) lines.push(...pairLines(pair));
  if (pairs.length < total) lines.push(`… ${total - pairs.length} more (--limit)`);
  return lines.join('\n');
}

function pairLines({ sampleId, verdict, outcome, kinds, tools, file, record, chance, weight, decided, ppl }: ListedPair): readonly string[] {
  const place = file === undefined || record === undefined ? '' : `  ${visibleLine(file, 200)} record ${record + 1}`;
  const said = decided === undefined ? '' : `  ${decided.ruling} by ${visibleLine(decided.by, 60)}`;
  return [
    `${sampleId}${place}${said}`,
    `    ${verdict ?? 'unjudged'}, ${outcome}${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}, ${tools.map((tool) => visibleLine(tool, 80)).join(', ')}${ppl === undefined ? '' : `, perplexity ${ppl.toFixed(2)}`}; wrong with ${(100 * chance).toFixed(0)} %, ${weight} rows`,
  ];
}

function decideText({ decided, refused, warnings }: DecideResult): string {
  const lines = warnings.map((warning) => `Warning: ${warning}`);
  lines.push(...decided.map(({ sampleId, ruling, id }) => `${sampleId}: ${ruling} (${id})`));
  lines.push(...refused.map(({ sampleId, ruling, message }) => `Not decided: ${visibleLine(sampleId, 100)} ${ruling}: ${visibleLine(message, 1000)}`));
  return lines.join('\n');
}

function statsText(stats: ReviewStats): string {
  const lines = stats.warnings.map((warning) => `Warning: ${warning}`);
  lines.push(`${stats.decisions} decisions stand, ${stats.inForce} are in force, ${stats.conflicts} samples are ruled on differently`);
  const parts: readonly (readonly [string, readonly Counted[]])[] = [['Rulings', stats.byRuling], ['People', stats.byPerson], ['Days', stats.byDay], ['How', stats.byWay], ['Labels changed in files', stats.applied]];
  for (const [title, counts] of parts) if (counts.length > 0) lines.push(`${title}:`, formatTable(counts.map(({ name, count }) => [visibleLine(name, 100), String(count)])));
  if (stats.measurement !== undefined) lines.push(...measurementLines(stats.measurement));
  return lines.join('\n');
}

function measurementLines({ classes, kappas, gate, notes }: Measurement): readonly string[] {
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const share = ({ value, low, high, hits, n }: Share): string => `${percent(value)} (${percent(low)} to ${percent(high)}), ${hits} of ${n}`;
  const lines = classes.map(({ verdict, judge, promptVersion, precision, size }) => `${verdict} of ${visibleLine(judge, 60)} (prompt ${visibleLine(promptVersion, 40)}): right ${share(precision)} decided, sample of ${size}`);
  lines.push(...kappas.map(({ judge, value, low, high, n }) => `Kappa of ${visibleLine(judge, 60)} and people: ${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}), ${n} decisions`));
  if (gate !== undefined) lines.push(`Gate for replacing labels: ${gate.open ? 'open' : 'closed'}. ${gate.reason}`);
  return ['The judge:', ...[...lines, ...notes].map((line) => `  ${line}`)];
}
