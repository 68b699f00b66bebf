import { html, nothing, type TemplateResult } from 'lit';
import { labelDocumentText } from '../../../src/core/dataset/labelDocument.ts';
import type { Label } from '../../../src/core/dataset/sample.ts';
import type { LabelPick } from '../../../src/core/review/edit/cherryPick.ts';
import { wordDiff } from '../../../src/core/review/answer/wordDiff.ts';
import { t } from '../../shared/words.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import { writtenPath } from '../answer/pathText.ts';
import { dataText, partsView, valueView } from '../answer/valueView.ts';

export type PickState = { readonly picks: readonly LabelPick[]; readonly chosen: ReadonlySet<string>; readonly active: number; readonly result: Label; readonly tools: (call: number) => string };

export type PickActions = { toggle(index: number): void; move(to: number): void; all(on: boolean): void };

/** What can be taken from the prediction, one thing a row; arrows move, space takes or gives back. */
export function pickList(state: PickState, actions: PickActions): TemplateResult {
  const { picks, chosen, active } = state;
  if (picks.length === 0) return html`<p>${t('There is nothing to pick: the prediction is no complete answer, or it says the same.')}</p>`;
  const key = (event: KeyboardEvent): void => {
    const to = { ArrowDown: Math.min(active + 1, picks.length - 1), ArrowUp: Math.max(active - 1, 0), Home: 0, End: picks.length - 1 }[event.key];
    if (to !== undefined) actions.move(to);
    else if (event.key === ' ') actions.toggle(active);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) actions.all(chosen.size < picks.length);
    else return;
    event.preventDefault();
  };
  return html`<div class="pick-head"><span>${t('{0} of {1} taken from the prediction', chosen.size, picks.length)}</span><span class="spacer"></span><button type="button" class="small" @click=${() => actions.all(true)}>${t('Take all')}</button><button type="button" class="small" @click=${() => actions.all(false)}>${t('Take none')}</button></div>
    <ul class="picks" role="listbox" tabindex="0" aria-multiselectable="true" aria-label=${t('What to take from the prediction')} aria-activedescendant="pick-${active}" @keydown=${key}>${picks.map((pick, index) => pickRow(pick, index, state, actions))}</ul>
    <h3>${t('The label that comes of it')}</h3><pre class="preview" tabindex="0" aria-label=${t('The label that comes of it')}>${dataText(labelDocumentText(state.result).trimEnd(), 8000)}</pre>`;
}

function pickRow(pick: LabelPick, index: number, { chosen, active, tools }: PickState, actions: PickActions): TemplateResult {
  const on = chosen.has(pick.id);
  return html`<li id="pick-${index}" role="option" aria-selected=${on ? 'true' : 'false'} class="${on ? 'on' : ''} ${index === active ? 'active' : ''}" @click=${() => {
    actions.move(index);
    actions.toggle(index);
  }}><span class="box" aria-hidden="true">${on ? '☑' : '☐'}</span><span class="pick-what">${pickWords(pick, tools)}</span>${pickValues(pick)}</li>`;
}

function pickWords({ kind, call, path }: LabelPick, tools: (call: number) => string): TemplateResult {
  const where = html`<code>${visibleLine(tools(call), 80)}</code> `;
  switch (kind) {
    case 'answer':
      return html`${t('the whole answer of the prediction')}`;
    case 'name':
      return html`${where}${t('tool')}`;
    case 'set':
      return html`${where}<code class="path">${visibleLine(path.length === 0 ? t('arguments') : writtenPath(path), 200)}</code>`;
    case 'remove':
      return html`${where}${t('without')} <code class="path">${visibleLine(writtenPath(path), 200)}</code>`;
    case 'addCall':
      return html`${t('one more call')}`;
    case 'removeCall':
      return html`${where}${t('without this call')}`;
  }
}

function pickValues({ label, prediction }: LabelPick): TemplateResult | typeof nothing {
  if (label === undefined && prediction === undefined) return nothing;
  if (typeof label === 'string' && typeof prediction === 'string') {
    const parts = wordDiff(label, prediction, { coarse: label.length + prediction.length > 20_000 });
    return html`<span class="pick-values">${partsView(parts, 'label', true, true)} <span aria-hidden="true">→</span> ${partsView(parts, 'prediction', false, true)}</span>`;
  }
  const absent = html`<span class="muted">${t('absent')}</span>`;
  return html`<span class="pick-values">${label === undefined ? absent : html`<del>${valueView(label)}</del>`} <span aria-hidden="true">→</span> ${prediction === undefined ? absent : html`<ins>${valueView(prediction)}</ins>`}</span>`;
}
