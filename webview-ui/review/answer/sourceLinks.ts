import { html, type TemplateResult } from 'lit';
import type { AlignedRow } from '../../../src/core/review/answer/alignedRow.ts';
import type { SourceLink } from '../../../src/protocol/review/item.ts';
import { t } from '../../shared/words.ts';
import type { AnswerOptions, Side } from './answerOptions.ts';

const mostLinks = 6;

/** The links of the values that a row shows. */
export function linksOf(sources: readonly SourceLink[], side: Side, call: number, row: AlignedRow): readonly SourceLink[] {
  const path = side === 'label' ? row.path : row.predictionPath;
  const found = sources.filter((link) => link.side === side && link.call === call && path.every((step, index) => link.path[index] === step) && covers(row, side, link.path[path.length]));
  return found.slice(0, mostLinks);
}

function covers({ cover }: AlignedRow, side: Side, next: string | number | undefined): boolean {
  if (cover === undefined) return true;
  if (cover.kind === 'members') return typeof next === 'string' && cover.keys.includes(next);
  const [from, count] = side === 'label' ? [cover.from, cover.count] : [cover.predictionFrom, cover.predictionCount];
  return typeof next === 'number' && next >= from && next < from + count;
}

/** A small button that leads to where the value was said; where it leads nowhere, its words alone. */
export function linkView(link: SourceLink, { onHover, onSource }: AnswerOptions): TemplateResult {
  const words = linkWords(link);
  const { sign } = words;
  if (link.message === undefined) return html`<span class="source ${link.kind}" title=${words.text}><span aria-hidden="true">${sign}</span><span class="visually-hidden">${words.text}</span></span>`;
  return html`<button type="button" class="source ${link.kind}" title=${words.text} data-side=${link.side} data-call=${link.call} data-path=${JSON.stringify(link.path)}
    @mouseenter=${() => onHover?.(link)} @mouseleave=${() => onHover?.(undefined)} @focus=${() => onHover?.(link)} @blur=${() => onHover?.(undefined)} @click=${() => onSource?.(link)}><span aria-hidden="true">${sign}${link.message + 1}</span><span class="visually-hidden">${words.text}</span></button>`;
}

function linkWords({ kind, message }: SourceLink): { readonly sign: string; readonly text: string } {
  const place = message === undefined ? '' : ` ${t('(message {0})', message + 1)}`;
  switch (kind) {
    case 'said':
      return { sign: '❝', text: `${t('Said in the conversation')}${place}` };
    case 'default':
      return { sign: '=', text: t('The default of the schema') };
    case 'derivable':
      return { sign: '∴', text: `${t('Follows from the conversation')}${place}` };
    case 'otherName':
      return { sign: '≈', text: `${t('Another name for what was said')}${place}` };
    case 'listed':
      return { sign: '∈', text: `${t('One of the values that the schema lists')}${place}` };
    case 'unknown':
      return { sign: '?', text: t('Not found in the conversation') };
  }
}
