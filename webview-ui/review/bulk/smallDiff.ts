import { html, nothing, type TemplateResult } from 'lit';
import type { Label } from '../../../src/core/dataset/sample.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import type { Comparison } from '../../../src/core/toolcall/difference.ts';
import type { Prediction } from '../../../src/core/toolcall/prediction.ts';
import { t } from '../../shared/words.ts';

const MOST = 6;
const LONGEST = 160;

/** The differences of a pair on a line each: what the label has, what the prediction has. */
export function smallDiff(label: Label, prediction: Prediction, comparison: Comparison | undefined): TemplateResult {
  const differences = comparison?.differences ?? [];
  if (differences.length === 0) return lineOf('', labelText(label), predictionText(prediction));
  return html`${differences.slice(0, MOST).map((d) => lineOf(d.path.slice(1).join('.'), text(d.expected), text(d.got)))}${differences.length > MOST ? html`<div class="muted">${t('{0} more', differences.length - MOST)}</div>` : nothing}`;
}

function lineOf(name: string, label: string | undefined, prediction: string | undefined): TemplateResult {
  return html`<div class="small-diff">${name === '' ? nothing : html`<code>${visibleLine(name, 80)}</code>: `}<del><span class="visually-hidden">${t('Label')}: </span>${label ?? t('absent')}</del> <span aria-hidden="true">→</span> <ins><span class="visually-hidden">${t('Prediction')}: </span>${prediction ?? t('absent')}</ins></div>`;
}

const text = (value: JsonValue | undefined): string | undefined => (value === undefined ? undefined : visibleLine(stringifyJson(value), LONGEST));

function labelText(label: Label): string {
  switch (label.kind) {
    case 'calls': return visibleLine(label.calls.map((c) => `${c.name}(${stringifyJson(c.arguments)})`).join(' '), LONGEST);
    case 'text': return visibleLine(label.text, LONGEST);
    case 'noCall': return t('any answer without a call');
    case 'anyCall': return t('any call');
    case 'trace': return t('an execution trace');
    case 'invalid': return visibleLine(label.raw, LONGEST);
  }
}

function predictionText(prediction: Prediction): string {
  if (prediction.calls.length === 0) return prediction.text === '' ? prediction.kind : visibleLine(prediction.text, LONGEST);
  return visibleLine(prediction.calls.map((c) => `${c.name}(${stringifyJson(c.arguments)})`).join(' '), LONGEST);
}
