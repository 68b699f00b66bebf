import type { ExpansionPreview } from '../../app/runRounds.ts';
import { Reporter } from '../../app/reporter.ts';
import { visibleText } from '../../core/text/visibleText.ts';
import { exitCodes, type Command } from '../context.ts';
import { expansionLines } from '../writers/sampleText.ts';

export function expandPreviewCommand(options: { readonly project: string; readonly round: number | undefined }): Command {
  return async ({ app, ports, writer, signal }) => {
    const reporter = new Reporter(ports.clock, (event) => writer.event(event));
    const result = await app.previewExpansions({ ...options, signal, reporter });
    writer.result('expand --preview', result, previewText(result));
    return exitCodes.ok;
  };
}

function previewText({ round, results, yields, simulated }: ExpansionPreview): string {
  const refused = Object.entries(yields.refused).map(([gate, count]) => `${gate} ${count}`);
  const lines = [`Round ${round}: ${yields.accepted} of ${yields.asked} expansions accepted${refused.length === 0 ? '' : `; refused by ${refused.join(', ')}`}.`];
  for (const result of results) lines.push('', `after ${result.seedId}`, ...expansionLines(result));
  if (simulated.length > 0) lines.push('', `Simulated: ${simulated.join(' and ')}.`);
  lines.push('', 'They are in the journal of the round: looptool expand goes on from here.');
  return visibleText(lines.join('\n'));
}
