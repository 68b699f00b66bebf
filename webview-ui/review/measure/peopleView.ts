import { html, nothing, type TemplateResult } from 'lit';
import type { Measurement } from '../../../src/core/review/measure/measurement.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import { t } from '../../shared/words.ts';
import { judgeName } from './classTables.ts';
import { intervalBar, intervalText } from './intervalBar.ts';
import { verdictWords } from '../words.ts';

type Kappa = NonNullable<Measurement['people']['kappa']>;

/** Two digits, and no minus before a zero. */
const two = (value: number): string => (Math.round(value * 100) / 100 + 0).toFixed(2);
const kappaText = ({ value, low, high }: Kappa): string => `${two(value)} [${two(low)}, ${two(high)}]`;

/** Agreement of judges with people beyond chance, and pairs whose two orders disagree. */
export function agreementTable({ kappas, orderFlips }: Measurement): TemplateResult | typeof nothing {
  if (kappas.length === 0 && orderFlips.length === 0) return nothing;
  return html`<div class="wide" tabindex="0" role="group" aria-label=${t('Other figures on the judge')}><table>
    <caption>${t('Other figures on the judge')}</caption>
    <thead><tr><th scope="col">${t('Figure')}</th><th scope="col">${t('Value, with 95 % interval')}</th><th scope="col">${t('From')}</th></tr></thead>
    <tbody>
      ${kappas.map((kappa) => html`<tr><th scope="row">${t('Cohen’s kappa of judge and people')}<span class="from">${judgeName(kappa)}</span></th><td class="figure">${kappaText(kappa)}</td><td>${t('{0} blind decisions on: {1}; weighted to the sizes of the classes', kappa.n, kappa.verdicts.map(verdictWords).join(', '))}</td></tr>`)}
      ${orderFlips.map((flips) => html`<tr><th scope="row">${t('The two orders disagree')}<span class="from">${judgeName(flips)}</span></th><td>${intervalBar(flips)}<span class="figure">${intervalText(flips)}</span></td><td>${t('all {0} pairs that this judge was asked about here, {1} of them', flips.n, flips.hits)}</td></tr>`)}
    </tbody>
  </table></div>`;
}

export function peopleView({ people }: Measurement, openDisagreements: () => void): TemplateResult {
  const { byReviewer, agreement, kappa, disagreements, adjudicated } = people;
  return html`${byReviewer.length === 0 ? html`<p class="muted">${t('Nobody has decided anything yet.')}</p>` : html`<div class="wide" tabindex="0" role="group" aria-label=${t('Decisions of each person')}><table>
      <caption>${t('Decisions of each person')}</caption>
      <thead><tr><th scope="col">${t('Person')}</th><th scope="col">${t('One by one')}</th><th scope="col">${t('At once')}</th><th scope="col">${t('Median time')}</th><th scope="col">${t('An hour, at that')}</th></tr></thead>
      <tbody>${byReviewer.map((person) => html`<tr><th scope="row">${visibleLine(person.by, 60)}</th><td class="number">${person.decisions}</td><td class="number">${person.atOnce}</td><td class="number">${person.medianMs === undefined ? '–' : t('{0} s', (person.medianMs / 1000).toFixed(1))}</td><td class="number">${person.perHour === undefined ? '–' : Math.round(person.perHour)}</td></tr>`)}</tbody>
    </table></div>`}
    ${agreement === undefined
      ? html`<p class="muted">${t('Nobody has looked at another person’s pairs a second time, blind: how far people agree is not known.')}</p>`
      : html`<p>${t('Two people came to the same in {0} of {1} blind second looks:', agreement.hits, agreement.n)} <span class="figure">${intervalText(agreement)}</span>${kappa === undefined ? nothing : html`; ${t('Cohen’s kappa')} <span class="figure">${kappaText(kappa)}</span>`}. ${intervalBar(agreement)}</p>`}
    <p>${t('Pairs that people disagree on and nobody has adjudicated: {0}. Adjudicated: {1}.', disagreements, adjudicated)} ${disagreements === 0 ? nothing : html`<button @click=${openDisagreements}>${t('Adjudicate')}</button>`}</p>`;
}
