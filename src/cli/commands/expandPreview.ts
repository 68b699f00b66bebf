import type { ExpansionView } from '../../protocol/expansionView.ts';
import { Reporter } from '../../app/reporter.ts';
import { visibleText } from '../../core/text/visibleText.ts';
import { exitCodes, type Command } from '../context.ts';
import type { ListExpansionsOptions } from '../../app/expansionList.ts';
import { expansionLines, seedLines } from '../writers/sampleText.ts';

/** What became of the expansions so far; asks for nothing. */
export function expandListCommand(options: Pick<ListExpansionsOptions, 'project' | 'round' | 'outcome'>): Command {
  return async ({ app, writer }) => {
    const result = await app.listExpansions(options);
    writer.result('expand --list', result, visibleText(viewLines(result).join('\n')));
    return exitCodes.ok;
  };
}

export function expandPreviewCommand(options: { readonly project: string; readonly round: number | undefined }): Command {
  return async ({ app, ports, writer, signal }) => {
    const reporter = new Reporter(ports.clock, (event) => writer.event(event));
    const result = await app.previewExpansions({ ...options, signal, reporter });
    writer.result('expand --preview', result, previewText(result));
    return exitCodes.ok;
  };
}

function previewText(view: ExpansionView): string {
  return visibleText([...viewLines(view), '', 'They are in the journal of the round: looptool expand goes on from here.'].join('\n'));
}

function viewLines({ round, results, seeds, yields, simulated, more = 0 }: ExpansionView): readonly string[] {
  const seedOf = new Map(seeds.map((seed) => [seed.id, seed]));
  const refused = Object.entries(yields.refused).map(([gate, count]) => `${gate} ${count}`);
  const lines = [`Round ${round}: ${yields.accepted} of ${yields.asked} expansions accepted${refused.length === 0 ? '' : `; refused by ${refused.join(', ')}`}.`];
  for (const result of results) {
    const seed = seedOf.get(result.seedId);
    lines.push('', `after ${result.seedId}`, ...(seed === undefined ? [] : seedLines(seed)), ...expansionLines(result));
  }
  if (more > 0) lines.push('', `and ${more} more`);
  if (simulated.length > 0) lines.push('', `Simulated: ${simulated.join(' and ')}.`);
  return lines;
}
