import { html, nothing, type TemplateResult } from 'lit';
import { reviewRulings, type ReviewRuling } from '../../../src/core/review/decision.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import type { BulkPreview } from '../../../src/protocol/review/messages.ts';
import { selectView } from '../../shared/selectView.ts';
import { t } from '../../shared/words.ts';
import type { BulkState, ReviewFlow } from '../reviewFlow.ts';
import { rulingWords } from '../sides.ts';
import { smallDiff } from './smallDiff.ts';

/** What a ruling for many would do, before it is done: how many, what is left out and why, and the first ones as differences. */
export function bulkDialog(flow: ReviewFlow, bulk: BulkState): TemplateResult {
  const preview = bulk.preview;
  const close = (): void => flow.set(() => (flow.bulk = undefined));
  const heading = bulk.ruling === undefined ? t('The same decision for the others with this difference') : t('One decision for every undecided sample of this queue');
  return html`<looptool-modal class="bulk" heading=${heading} @closed=${close}>
    <div class="actions">
      ${bulk.ruling === undefined ? html`<strong>${preview ? rulingWords(preview.ruling) : ''}</strong>` : rulingPicker(flow, bulk.ruling)}
      <button class="primary apply" autofocus ?disabled=${!preview || preview.count === 0 || flow.busy} @click=${() => flow.decideBulk()}>${preview ? t('Decide {0}', preview.count) : t('Decide')}</button>
      <button @click=${close}>${t('Cancel')}</button>
    </div>
    ${preview ? previewView(preview) : html`<p role="status" class="muted">${t('Looking at the queue …')}</p>`}
  </looptool-modal>`;
}

function rulingPicker(flow: ReviewFlow, ruling: ReviewRuling): TemplateResult {
  return selectView({ name: 'ruling', label: t('Decision'), value: ruling, choices: reviewRulings.map((r) => ({ value: r, text: rulingWords(r) })), disabled: flow.busy, onPick: (r) => flow.previewBulk(r) });
}

function previewView(preview: BulkPreview): TemplateResult {
  return html`<p class="count" role="status">${preview.count === 1 ? t('1 sample gets this decision. One undo takes it back.') : t('{0} samples get this decision. One undo takes all of them back.', preview.count)}</p>
    ${preview.left.length === 0 ? nothing : html`<h3>${t('Left out')}</h3><ul class="left-out">${preview.left.map((l) => html`<li>${l.count}: ${visibleLine(l.reason, 200)}</li>`)}</ul>`}
    ${preview.pairs.length === 0
      ? nothing
      : html`<table class="samples"><caption>${preview.count > preview.pairs.length ? t('The first {0} of {1}', preview.pairs.length, preview.count) : t('The samples')}</caption>
          <thead><tr><th scope="col">${t('Request')}</th><th scope="col">${t('Difference')}</th></tr></thead>
          <tbody>${preview.pairs.map((p) => html`<tr><td>${visibleLine(p.request, 240)}</td><td>${smallDiff(p.label, p.prediction, p.comparison)}</td></tr>`)}</tbody>
        </table>`}`;
}
