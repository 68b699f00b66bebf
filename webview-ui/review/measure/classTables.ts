import { html, nothing, type TemplateResult } from 'lit';
import type { ClassPrecision, Measurement } from '../../../src/core/review/measure/measurement.ts';
import { finalVerdicts, verdicts, type FinalVerdict } from '../../../src/core/rounds/verdict.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import { t } from '../../shared/words.ts';
import { facetWords, verdictWords } from '../words.ts';
import { intervalBar, intervalText } from './intervalBar.ts';

/** What a person came to, as the columns are named. */
export function meantWords(verdict: FinalVerdict): string {
  return verdict === 'NO_CONSENSUS' ? t('unsure') : verdictWords(verdict);
}

export function judgeName({ judge, promptVersion }: { readonly judge: string; readonly promptVersion: string }): string {
  return t('{0}, prompt {1}', visibleLine(judge, 60), visibleLine(promptVersion, 40));
}

/** Verdict against what a person came to; one table for each judge and prompt. */
export function confusionTables({ confusion }: Measurement): readonly TemplateResult[] {
  const judges = new Map(confusion.map((cell) => [JSON.stringify([cell.judge, cell.promptVersion]), cell]));
  return [...judges.values()].map((judge) => {
    const cells = confusion.filter((cell) => cell.judge === judge.judge && cell.promptVersion === judge.promptVersion);
    const rows = verdicts.filter((verdict) => cells.some((cell) => cell.verdict === verdict));
    const count = (verdict: FinalVerdict, meant: FinalVerdict): number => cells.filter((cell) => cell.verdict === verdict && cell.meant === meant).reduce((sum, cell) => sum + cell.count, 0);
    return html`<div class="wide" tabindex="0" role="group" aria-label=${t('Verdicts against people')}><table class="confusion">
      <caption>${t('Verdicts of {0} against what people came to, blind', judgeName(judge))}</caption>
      <thead><tr><th scope="col">${t('The judge says')}</th>${finalVerdicts.map((meant) => html`<th scope="col">${t('person: {0}', meantWords(meant))}</th>`)}</tr></thead>
      <tbody>${rows.map((verdict) => html`<tr><th scope="row">${verdictWords(verdict)}</th>${finalVerdicts.map((meant) => html`<td class=${verdict === meant ? 'number agrees' : 'number'}>${count(verdict, meant)}${verdict === meant ? html`<span class="visually-hidden"> ${t('(agreement)')}</span>` : nothing}</td>`)}</tr>`)}</tbody>
    </table></div>`;
  });
}

/** Precision of each class, from its last sample; earlier samples folded away. */
export function precisionTables(measurement: Measurement, open: (id: string) => void): TemplateResult {
  // The one that the gate goes by comes first.
  const current = measurement.classes.filter((one) => one.current).sort((a, b) => Number(b.verdict === 'LABEL_WRONG') - Number(a.verdict === 'LABEL_WRONG'));
  const earlier = measurement.classes.filter((one) => !one.current);
  if (current.length === 0) return html`<p class="muted">${t('No sample has been drawn yet. Draw one below: until then nothing is known of how often the judge is right.')}</p>`;
  return html`${precisionTable(t('How often a verdict is right, by the last sample of its class'), current, measurement, open)}
    ${current.map(splitTables)}
    ${earlier.length === 0 ? nothing : html`<details><summary>${t('Earlier samples ({0})', earlier.length)}</summary>${precisionTable(t('Samples that a later one took the place of'), earlier, measurement, undefined)}</details>`}`;
}

function precisionTable(caption: string, classes: readonly ClassPrecision[], { gate }: Measurement, open: ((id: string) => void) | undefined): TemplateResult {
  return html`<div class="wide" tabindex="0" role="group" aria-label=${caption}><table class="precision">
    <caption>${caption}</caption>
    <thead><tr><th scope="col">${t('The judge says')}</th><th scope="col">${t('Decided')}</th><th scope="col">${t('Right, with 95 % interval')}</th><th scope="col">${t('State')}</th></tr></thead>
    <tbody>${classes.map((one) => precisionRow(one, gate?.relabel === 'gate' && one.verdict === 'LABEL_WRONG' ? gate.threshold : undefined, open))}</tbody>
  </table></div>`;
}

function precisionRow(one: ClassPrecision, threshold: number | undefined, open: ((id: string) => void) | undefined): TemplateResult {
  const { precision, size, population, more, complete } = one;
  return html`<tr>
    <th scope="row">${verdictWords(one.verdict)}<span class="from">${judgeName(one)}</span></th>
    <td class="number">${t('{0} of {1}', precision.n, size)}<span class="from">${t('drawn from {0} on {1}', population, one.drawnAt.slice(0, 10))}</span></td>
    <td>${intervalBar(precision, threshold)}<span class="figure">${intervalText(precision)}</span>${precision.n === 0 ? nothing : html`<span class="from">${t('{0} right', precision.hits)}${threshold === undefined ? nothing : html` · ${t('dashed line: threshold of the gate')}`}</span>`}</td>
    <td>${complete ? t('complete') : html`<strong>${t('provisional')}</strong>`}
      ${complete || open === undefined ? nothing : html`<button class="small" @click=${() => open(one.calibration)}>${t('Go on deciding')}</button>`}
      ${more === undefined ? nothing : html`<span class="from">${t('{0} more decisions for an interval narrower than {1} points', more.decisions, Math.round(more.width * 100))}</span>`}
      ${one.seenBefore === 0 ? nothing : html`<span class="from">${t('{0} seen before', one.seenBefore)}</span>`}
      ${one.uncounted === 0 ? nothing : html`<span class="from">${t('{0} with decisions that do not count', one.uncounted)}</span>`}</td>
  </tr>`;
}

/** Rows that are shown of each; the rest are of one or two pairs. */
const MOST_NAMES = 20;

function splitTables(one: ClassPrecision): TemplateResult | typeof nothing {
  if (one.byTool.length === 0 && one.byKind.length === 0) return nothing;
  const table = (caption: string, column: string, rows: ClassPrecision['byTool'], nameOf: (name: string) => string): TemplateResult => html`<div class="wide" tabindex="0" role="group" aria-label=${caption}><table class="split">
    <caption>${caption}</caption>
    <thead><tr><th scope="col">${column}</th><th scope="col">${t('Right')}</th><th scope="col">${t('With 95 % interval')}</th></tr></thead>
    <tbody>${rows.slice(0, MOST_NAMES).map((row) => html`<tr><th scope="row">${visibleLine(nameOf(row.name), 80)}</th><td class="number">${t('{0} of {1}', row.hits, row.n)}</td><td>${intervalBar(row)}<span class="figure">${intervalText(row)}</span></td></tr>`)}</tbody>
  </table>${rows.length > MOST_NAMES ? html`<p class="muted">${t('{0} more with fewer pairs', rows.length - MOST_NAMES)}</p>` : nothing}</div>`;
  return html`<details><summary>${t('“{0}” of {1} by tool and by kind of error', verdictWords(one.verdict), judgeName(one))}</summary>
    <p class="muted">${t('Parts of the sample: few pairs, wide intervals. A pair with several tools or kinds counts under each.')}</p>
    <div class="two">${table(t('By tool'), t('Tool'), one.byTool, (name) => name)}${table(t('By kind of error'), t('Kind'), one.byKind, facetWords)}</div>
  </details>`;
}
