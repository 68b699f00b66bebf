import { html, nothing, type TemplateResult } from 'lit';
import type { JsonValue } from '../../../src/core/json/value.ts';
import { isJsonArray } from '../../../src/core/json/member.ts';
import { stringifyJson, stringifySpaced } from '../../../src/core/json/stringify.ts';
import { isJsonObject } from '../../../src/core/json/value.ts';
import type { TextPart } from '../../../src/core/review/answer/wordDiff.ts';
import { clippedText, visibleText } from '../../../src/core/text/visibleText.ts';
import { t } from '../../shared/words.ts';
import type { Side } from './answerOptions.ts';

const longestValue = 20_000;
const longestOnOneLine = 60;
/** Of what both sides have in common, this much is shown around a change. */
const commonShown = 240;
const mostParts = 2_000;

/** JSON on one line where it is short, else with its nesting; numbers as they are written, texts in their quotes so that "5" and 5 look different. */
export function valueText(value: JsonValue): string {
  if (!isJsonObject(value) && !isJsonArray(value)) return stringifyJson(value);
  const line = stringifySpaced(value);
  return line.length <= longestOnOneLine ? line : stringifyJson(value, 2);
}

/** A text of the data, cut where it is very long. */
export function dataText(text: string, limit = longestValue): TemplateResult {
  const { text: shown, hidden } = clippedText(text, limit);
  return html`<span class="value">${visibleText(shown)}</span>${hidden > 0 ? html`<span class="muted hidden-part"> ${t('… {0} more characters', hidden)}</span>` : nothing}`;
}

export function valueView(value: JsonValue): TemplateResult {
  return dataText(valueText(value));
}

/** One side of two texts, what it has alone marked: on the left as taken away, on the right as put in. `quoted` writes it as a JSON string. */
export function partsView(parts: readonly TextPart[], side: Side, isLeft: boolean, quoted: boolean): TemplateResult {
  const own = parts.filter((part) => part.side === 'both' || part.side === side);
  const shown = own.slice(0, mostParts);
  const hidden = own.slice(mostParts).reduce((sum, { text }) => sum + text.length, 0);
  const write = (text: string): string => visibleText(quoted ? JSON.stringify(text).slice(1, -1) : text);
  const pieces = shown.map((part, index) => {
    if (part.side === 'both') return commonView(part.text, index === 0, index === shown.length - 1, write);
    const { text, hidden: more } = clippedText(part.text, longestValue);
    const inner = html`${write(text)}${more > 0 ? html`<span class="muted"> ${t('… {0} more characters', more)}</span>` : nothing}`;
    return isLeft ? html`<del>${inner}</del>` : html`<ins>${inner}</ins>`;
  });
  return html`<span class="value">${quoted ? '"' : nothing}${pieces}${quoted ? '"' : nothing}</span>${hidden > 0 ? html`<span class="muted"> ${t('… {0} more characters', hidden)}</span>` : nothing}`;
}

function commonView(text: string, first: boolean, last: boolean, write: (text: string) => string): TemplateResult {
  const [before, after] = [first ? 0 : commonShown, last ? 0 : commonShown];
  const hidden = text.length - before - after;
  if (text.length <= 2 * commonShown || hidden < 80) return html`${write(text)}`;
  return html`${write(text.slice(0, before))}<span class="muted skipped"> ${t('… {0} same characters …', hidden)} </span>${after === 0 ? nothing : write(text.slice(text.length - after))}`;
}
