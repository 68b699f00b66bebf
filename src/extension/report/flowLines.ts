import type { Flow } from '../../core/loop/flow.ts';
import { expansionOutcomes, type ExpansionOutcome } from '../../protocol/expansionView.ts';
import type { PageLinks } from './pageLinks.ts';
import { bar, type Piece, type TextPage } from './textPage.ts';
import { placeLabel } from './words.ts';

const sources = ['set', 'matched', 'bothCorrect', 'errorSeeds', 'labelRefined', 'corrections', 'asked', 'accepted', 'corpus'];

/** A Sankey diagram as text: of each place, where its samples go, with bars of one scale. `composed`: the next set is there. */
export function flowLines(page: TextPage, flows: readonly Flow[], links: PageLinks, composed: boolean): void {
  const known = sources.filter((source) => flows.some(({ from }) => from === source));
  const groups = known.map((source) => {
    const own = flows.filter(({ from }) => from === source).sort((a, b) => b.count - a.count);
    return { source, own, total: own.reduce((sum, { count }) => sum + count, 0) };
  });
  // A corpus may be far larger than any set.
  const most = Math.max(...groups.filter(({ source }) => source !== 'corpus').map(({ total }) => total), 1);
  const rows = groups.flatMap(({ source, own, total }): (readonly Piece[])[] => [
    [placeLabel(source), String(total), bar(total, most)],
    ...own.map(({ to, count }): readonly Piece[] => [`  → ${placeLabel(to)}`, linked(to, count, links, composed), bar(count, most)]),
  ]);
  page.table([{ title: '' }, { title: '', right: true }, { title: '' }], rows);
}

function linked(to: string, count: number, links: PageLinks, composed: boolean): Piece {
  const [, way, what = ''] = /^(next|refused): (.*)$/.exec(to) ?? [];
  if (way === 'next' && composed) return links.bucket(count, 'compose', what);
  const outcome = way === 'refused' || to === 'accepted' || to === 'open' ? expansionOutcomes.find((one): one is ExpansionOutcome => one === (way === 'refused' ? what : to)) : undefined;
  if (outcome !== undefined) return links.expansions(count, outcome);
  return String(count);
}
