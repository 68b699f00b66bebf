import { html, nothing, type TemplateResult } from 'lit';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import type { JsonValue } from '../../src/core/json/value.ts';
import { clippedText, visibleText } from '../../src/core/text/visibleText.ts';
import type { ReviewItem } from '../../src/protocol/review/item.ts';
import { t } from '../shared/words.ts';
import { sideName, type Side, type Sides } from './sides.ts';

const LONGEST = 200_000;

/** Both sides as they were written. While the sides have no names, only what they say: how it is written would give them away. */
export function rawView(item: ReviewItem, sides: Sides): TemplateResult {
  return html`<section class="raw" aria-labelledby="raw-heading"><h2 id="raw-heading">${t('As written')}</h2>
    <div class="two">${[sides.left, sides.right].map((side) => {
      const { text, hidden } = clippedText(textOf(item, side, sides.neutral), LONGEST);
      return html`<div><h3>${sideName(sides, side)}</h3><pre tabindex="0" aria-label=${sideName(sides, side)}>${visibleText(text)}</pre>${hidden === 0 ? nothing : html`<p class="muted">${t('{0} more characters: open the file to see them.', hidden)}</p>`}</div>`;
    })}</div>
  </section>`;
}

function textOf(item: ReviewItem, side: Side, neutral: boolean): string {
  if (!neutral) return side === 'label' ? item.raw : (item.reply ?? json(item.prediction));
  const label = side === 'label' ? item.label : item.predictionLabel;
  if (label?.kind === 'calls') return json(label.calls);
  if (label?.kind === 'text') return label.text;
  return side === 'label' ? item.label.kind : item.prediction.text || json(item.prediction.calls);
}

/** Labels and predictions are JSON by their schemas. */
const json = (value: unknown): string => stringifyJson(value as JsonValue, 2);
