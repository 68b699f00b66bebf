import { html, nothing, type TemplateResult } from 'lit';
import type { GateState, Measurement } from '../../../src/core/review/measure/measurement.ts';
import { t } from '../../shared/words.ts';
import { judgeName } from './classTables.ts';
import { intervalBar, intervalText, percent } from './intervalBar.ts';

/** Whether verdicts replace labels: as the next round would find it, and as the round that is shown went by it. */
export function gateView({ gate, roundGate }: Measurement): TemplateResult | typeof nothing {
  if (gate === undefined && roundGate === undefined) return nothing;
  return html`<section class="gate" aria-labelledby="gate-title"><h2 id="gate-title">${t('Replacing labels')}</h2>
    ${gate === undefined ? nothing : gateState(t('Next round'), gate)}
    ${roundGate === undefined ? nothing : gateState(t('This round, as it began'), roundGate)}
  </section>`;
}

function gateState(title: string, gate: GateState): TemplateResult {
  const { sample } = gate;
  return html`<div class="state ${gate.open ? 'open' : 'closed'}"><h3>${title}: ${gate.open ? t('open') : t('closed')} ${gate.simulated ? html`<span class="badge simulated">${t('simulated judge')}</span>` : nothing}</h3>
    <p>${gateReason(gate)}</p>
    ${sample === undefined || sample.precision.n === 0 ? nothing : html`<p>${intervalBar(sample.precision, gate.threshold)}<span class="figure">${intervalText(sample.precision)}</span></p>`}
  </div>`;
}

function gateReason(gate: GateState): string {
  const { sample, least } = gate;
  const judge = judgeName(gate);
  const [decided, size, hits, low] = [sample?.precision.n ?? 0, sample?.size ?? 0, sample?.precision.hits ?? 0, percent(sample?.precision.low ?? 0)];
  switch (gate.cause) {
    case 'always': return t('Labels are replaced whether or not the judge was measured (verify.relabel is “always”).');
    case 'off': return t('The loop replaces no labels (verify.relabel is “off”).');
    case 'unmeasured': return t('Verdicts of {0} that a label is wrong have not been measured. It takes a sample of at least {1}, decided blind.', judge, least);
    case 'undecided': return t('{0} of the {1} drawn pairs are decided. Only a whole sample counts: who may stop when the figures look good will.', decided, size);
    case 'small': return t('The sample has {0} pairs, and {1} are needed.', size, least);
    case 'below': return t('{0} of {1} verdicts were right; the lower end of the interval, {2}, is below the threshold of {3}.', hits, decided, low, percent(gate.threshold));
    case 'passed': return t('{0} of {1} verdicts were right; the lower end of the interval, {2}, reaches the threshold of {3}.', hits, decided, low, percent(gate.threshold));
  }
}
