import { html, type TemplateResult } from 'lit';
import type { AlignedRow } from '../../../src/core/review/answer/alignedRow.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import { t } from '../../shared/words.ts';

const plainKey = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;
const longestPath = 160;
const mostKeys = 4;

/** `a.b[2].c`; keys that could be taken for something else stand in quotes. The middle of a long path is left out. */
export function writtenPath(path: readonly (string | number)[]): string {
  const text = path.reduce<string>((before, step) => {
    if (typeof step === 'number') return `${before}[${step}]`;
    const key = plainKey.test(step) || before === '' ? step : JSON.stringify(step);
    return before === '' ? key : key.startsWith('"') ? `${before}[${key}]` : `${before}.${key}`;
  }, '');
  return text.length <= longestPath ? text : `${text.slice(0, longestPath / 2)} … ${text.slice(-longestPath / 2)}`;
}

export function pathText(row: AlignedRow): TemplateResult {
  const own = writtenPath(row.path);
  if (row.cover === undefined) return html`<code class="path">${visibleLine(own === '' ? t('arguments') : own, 400)}</code>${movedItem(row)}`;
  if (row.cover.kind === 'members') {
    const { keys } = row.cover;
    const names = keys.slice(0, mostKeys).join(', ');
    return html`<code class="path">${visibleLine(own, 400)}</code><span class="cover">${t('{0} members', keys.length)}: ${visibleLine(names, 120)}${keys.length > mostKeys ? ', …' : ''}</span>`;
  }
  const { from, predictionFrom, count, predictionCount } = row.cover;
  const [start, length] = count === 0 ? [predictionFrom, predictionCount] : [from, count];
  return html`<code class="path">${visibleLine(`${own}[${start}–${start + length - 1}]`, 400)}</code><span class="cover">${t('{0} items', length)}</span>`;
}

function movedItem(row: AlignedRow): TemplateResult | string {
  const [a, b] = [row.path.at(-1), row.predictionPath.at(-1)];
  return typeof a === 'number' && typeof b === 'number' && a !== b ? html` <span class="muted">→ [${b}]</span>` : '';
}
