import { html, nothing, type TemplateResult } from 'lit';
import { visibleLine } from '../../src/core/text/visibleText.ts';
import type { ReviewSnapshot } from '../../src/protocol/review/messages.ts';
import { t } from '../shared/words.ts';
import { NO_CONDITION } from './queue/filterChanges.ts';
import type { ReviewFlow } from './reviewFlow.ts';

/** The page before its first snapshot, or without one. */
export function loadingView(flow: ReviewFlow): TemplateResult {
  return html`<main class="lone"><h1 class="visually-hidden">${t('Review')}</h1>${flow.failure === '' ? html`<p role="status" class="loading">${t('Opening the review …')}</p>` : failureView(flow)}</main>`;
}

/** What went wrong, with what to do next; it stays until something works. */
export function failureView(flow: ReviewFlow): TemplateResult | typeof nothing {
  if (flow.failure === '') return nothing;
  return html`<div class="failure" role="alert"><span>${flow.failure}</span>
    ${flow.silent || !flow.snapshot ? html`<button class="retry" @click=${() => flow.start()}>${t('Try again')}</button>` : html`<button class="dismiss" @click=${() => flow.set(() => (flow.failure = ''))}>${t('Close')}</button>`}
  </div>`;
}

export function warningsView(s: ReviewSnapshot): TemplateResult | typeof nothing {
  if (s.warnings.length === 0) return nothing;
  return html`<details class="warnings"><summary>${s.warnings.length === 1 ? t('1 warning of the source') : t('{0} warnings of the source', s.warnings.length)}</summary><ul>${s.warnings.slice(0, 200).map((w) => html`<li>${visibleLine(w, 400)}</li>`)}</ul></details>`;
}

/** Instead of a pair: nothing to review, nothing that fits the filters, or everything seen. */
export function endView(flow: ReviewFlow, s: ReviewSnapshot): TemplateResult {
  if (s.sourceTotal === 0) {
    return html`<section class="end empty"><h2>${t('Nothing to review')}</h2>
      <p>${s.mode.kind === 'adjudication' ? t('People agree on every sample that two of them have ruled on.') : t('A review shows answers that differ from their label. Either the stage “probe” has not run yet, or every answer matched.')}</p>
      <p class="muted">${t('Next: run a round, or open a file of predictions with “Review a file of predictions”.')}</p></section>`;
  }
  if (s.total === 0) {
    return html`<section class="end filtered"><h2>${t('No sample fits this queue')}</h2>
      <p>${t('{0} samples are outside of its filters.', s.sourceTotal)}</p>
      <button class="primary clear" @click=${() => flow.setQueue({ ...s.spec, filter: NO_CONDITION })}>${t('Show all samples')}</button></section>`;
  }
  const other = s.queues.find((q) => q.undecided > 0 && JSON.stringify(q.spec) !== JSON.stringify(s.spec));
  return html`<section class="end done"><h2>${s.undecided === 0 ? t('Done: every sample of this queue has a decision') : t('End of the queue')}</h2>
    <p>${t('{0} of {1} decided.', s.total - s.undecided, s.total)}${s.perHour === undefined ? '' : ` ${t('{0} an hour', Math.round(s.perHour))}.`}</p>
    <div class="actions">
      ${s.undecided > 0 ? html`<button class="primary" @click=${() => flow.act({ kind: 'move', to: 'nextUndecided' })}><kbd aria-hidden="true">N</kbd>${t('To the {0} without a decision', s.undecided)}</button>` : nothing}
      ${s.toApply > 0 ? html`<button class=${s.undecided > 0 ? '' : 'primary'} @click=${() => flow.act({ kind: 'apply' })}><kbd aria-hidden="true">A</kbd>${s.toApply === 1 ? t('Apply 1 correction to the dataset') : t('Apply {0} corrections to the dataset', s.toApply)}</button>` : nothing}
      ${other ? html`<button @click=${() => flow.setQueue(other.spec)}>${t('Next queue: {0} ({1} undecided)', visibleLine(other.name, 40), other.undecided)}</button>` : nothing}
      ${s.mode.kind === 'calibration' ? html`<button class="primary" @click=${() => flow.act({ kind: 'measure' })}><kbd aria-hidden="true">I</kbd>${t('Judge figures')}</button>` : nothing}
    </div>
    ${s.toApply === 0 ? html`<p class="muted">${t('No decision waits to be applied.')}</p>` : nothing}</section>`;
}
