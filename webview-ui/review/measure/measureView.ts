import { html, nothing, type TemplateResult } from 'lit';
import type { Measurement } from '../../../src/core/review/measure/measurement.ts';
import { visibleText } from '../../../src/core/text/visibleText.ts';
import { t } from '../../shared/words.ts';
import { confusionTables, precisionTables } from './classTables.ts';
import './drawForm.ts';
import type { DrawWanted } from './drawForm.ts';
import { gateView } from './gateView.ts';
import { agreementTable, peopleView } from './peopleView.ts';

export type MeasureActions = {
  startCalibration(wanted: DrawWanted): void;
  openCalibration(id: string): void;
  openDisagreements(): void;
  close(): void;
};

/** How often the judge is right, by people's blind decisions, and whether it may replace labels. Its styles: `measureStyles`. */
export function measureView(measurement: Measurement, actions: MeasureActions): TemplateResult {
  return html`<div class="measure-view">
    <div class="actions"><button class="back" @click=${() => actions.close()}>${t('Back to the review')} <span aria-hidden="true">(Esc)</span></button></div>
    <h1>${t('How often the judge is right')}</h1>
    ${gateView(measurement)}
    <section aria-labelledby="precision-title"><h2 id="precision-title">${t('Verdict classes')}</h2>
      ${precisionTables(measurement, (id) => actions.openCalibration(id))}
      ${confusionTables(measurement)}
      ${agreementTable(measurement)}
    </section>
    <section aria-labelledby="draw-title"><h2 id="draw-title">${t('Draw a sample')}</h2>
      <looptool-draw-form .measurement=${measurement} @draw-wanted=${(event: CustomEvent<DrawWanted>) => actions.startCalibration(event.detail)}></looptool-draw-form>
    </section>
    <section aria-labelledby="people-title"><h2 id="people-title">${t('People')}</h2>${peopleView(measurement, () => actions.openDisagreements())}</section>
    <section aria-labelledby="origin-title"><h2 id="origin-title">${t('Where the figures come from')}</h2>
      <p>${t('Precision, confusion and kappa: from calibration samples alone, drawn at random from the whole class at a size fixed beforehand, decided one by one with the verdict hidden and the sides shuffled.')}</p>
      <p>${t('Never counted: decisions in bulk or for similar pairs, cherry-picked labels, the command line, saved files, second looks, and whatever was decided with the verdict in sight.')}</p>
      ${measurement.notes.length === 0 ? nothing : html`<ul>${measurement.notes.map((note) => html`<li>${visibleText(note)}</li>`)}</ul>`}
    </section>
  </div>`;
}
