import type { ComposeDryRun } from '../../app/composeDryRun.ts';
import { exitCodes, type Command } from '../context.ts';
import { formatTable } from '../table.ts';

export function composeDryRunCommand(options: { readonly project: string; readonly round: number | undefined }): Command {
  return async ({ app, writer }) => {
    const result = await app.composeDryRun(options);
    writer.result('compose --dry-run', result, dryRunText(result));
    return exitCodes.ok;
  };
}

/** One line for each flow, as a Sankey diagram is drawn from them. */
function dryRunText({ round, size, byOrigin, pplThreshold, notes, flows }: ComposeDryRun): string {
  const parts = Object.entries(byOrigin).map(([origin, count]) => `${origin} ${count}`);
  return [
    `Round ${round + 1} would train on ${size} samples: ${parts.join(', ') || 'none'}. Nothing was written.`,
    ...(pplThreshold === undefined ? [] : [`Lowest perplexity taken: ${pplThreshold.toFixed(3)}`]),
    '',
    formatTable([['from', 'to', 'samples'], ...flows.map(({ from, to, count }) => [from, to, String(count)])], { rightFrom: 2 }),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ].join('\n');
}
