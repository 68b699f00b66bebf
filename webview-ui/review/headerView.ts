import { html, nothing, type TemplateResult } from 'lit';
import { visibleLine, visibleText } from '../../src/core/text/visibleText.ts';
import type { ReviewSnapshot } from '../../src/protocol/review/messages.ts';
import { selectView } from '../shared/selectView.ts';
import { t } from '../shared/words.ts';
import type { ReviewFlow } from './reviewFlow.ts';
import { facetWords, outcomeWords } from './words.ts';

function modeWords(s: ReviewSnapshot): string {
  switch (s.mode.kind) {
    case 'review': return s.blind ? t('blind') : '';
    case 'calibration': return t('calibration: blind, sides shuffled');
    case 'second': return t('second pass: blind');
    case 'adjudication': return t('adjudication');
  }
}

const MODES = ['review', 'second', 'adjudication'] as const;

function modeName(kind: ReviewSnapshot['mode']['kind']): string {
  switch (kind) {
    case 'review': return t('Review');
    case 'second': return t('Second pass');
    case 'adjudication': return t('Disagreements');
    case 'calibration': return t('Calibration');
  }
}

/** Where one is, how it goes, and what is looked at. Figures have fixed widths: nothing moves while one works. */
export function headerView(flow: ReviewFlow, s: ReviewSnapshot): TemplateResult {
  const item = s.item;
  const mode = modeWords(s);
  return html`<header>
    <h1>${s.total === 0 ? t('No sample') : t('{0} of {1}', Math.min(s.position + 1, s.total), s.total)}</h1>
    <progress aria-label=${t('Decided')} max=${Math.max(1, s.total)} .value=${s.total - s.undecided}></progress>
    <span class="figure">${t('{0} undecided', s.undecided)}</span>
    ${s.perHour === undefined ? nothing : html`<span class="figure" title=${t('Your decisions in the last hour of reviewing, as a rate')}>${t('{0} an hour', Math.round(s.perHour))}</span>`}
    ${item ? html`<looptool-clock class="muted" .watch=${flow.watch}></looptool-clock>` : nothing}
    <span class="title muted" title=${visibleText(s.title)}>${visibleLine(s.title, 120)}</span>
    ${item
      ? html`<span class="badge" title=${t('Outcome of the probe')}>${outcomeWords(item.outcome)}</span>
        <span class="muted" title=${t('Where the sample comes from')}>${visibleLine(facetWords(item.origin), 40)}</span>
        ${item.ppl === undefined ? nothing : html`<span class="muted figure">${t('perplexity {0}', item.ppl.toFixed(2))}</span>`}
        ${item.judgement?.simulated ? html`<span class="badge simulated" title=${t('This judge is a simulation that ships with the sample project')}>${t('simulated')}</span>` : nothing}`
      : nothing}
    ${mode === '' ? nothing : html`<span class="badge mode">${mode}</span>`}
    <span class="spacer"></span>
    ${modePicker(flow, s)} ${queuePicker(flow, s)}
  </header>`;
}

function modePicker(flow: ReviewFlow, s: ReviewSnapshot): TemplateResult {
  if (s.mode.kind === 'calibration') return html`<button @click=${() => flow.setMode({ kind: 'review' })}>${t('Close the calibration')}</button>`;
  return selectView({ name: 'mode', label: t('Mode'), value: s.mode.kind, choices: MODES.map((kind) => ({ value: kind, text: modeName(kind) })), onPick: (kind) => flow.setMode({ kind }) });
}

function queuePicker(flow: ReviewFlow, s: ReviewSnapshot): TemplateResult | typeof nothing {
  if (s.queues.length === 0) return nothing;
  const current = s.queues.findIndex((q) => JSON.stringify(q.spec) === JSON.stringify(s.spec));
  const choices = s.queues.map((q, i) => ({ value: String(i), text: `${visibleLine(q.name, 60)} (${q.undecided})`, title: t('{0} samples, {1} undecided', q.count, q.undecided) }));
  const pick = (value: string): void => {
    const queue = s.queues[Number(value)];
    if (queue) flow.setQueue(queue.spec);
  };
  return selectView({ name: 'queues', label: t('Saved queue'), value: String(current), choices: [{ value: '-1', text: t('Saved queues') }, ...choices], onPick: pick });
}
