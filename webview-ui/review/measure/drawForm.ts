import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Measurement } from '../../../src/core/review/measure/measurement.ts';
import { widthAt } from '../../../src/core/review/measure/needed.ts';
import type { Verdict } from '../../../src/core/rounds/verdict.ts';
import { selectView } from '../../shared/selectView.ts';
import { t } from '../../shared/words.ts';
import { partStyles } from '../partStyles.ts';
import { verdictWords } from '../words.ts';
import { judgeName } from './classTables.ts';
import { measureStyles } from './measureStyles.ts';

/** What is to be drawn: one verdict class, and how many pairs of it. */
export type DrawWanted = { readonly verdict: Verdict; readonly judge: string; readonly promptVersion: string; readonly size: number };

type Drawable = Measurement['drawable'][number];

const LARGEST = 10_000;
/** Of a class that nobody has measured: what a judge of use would have. */
const SUPPOSED = 0.9;

const keyOf = ({ judge, promptVersion, verdict }: Drawable): string => JSON.stringify([judge, promptVersion, verdict]);

/** Chooses class and size of a calibration sample, with the interval that it would give. Says `draw-wanted` (detail: `DrawWanted`). */
export class DrawForm extends LitElement {
  static override readonly styles = [partStyles, measureStyles];
  static override readonly properties = { measurement: { attribute: false }, chosen: { state: true }, size: { state: true }, asked: { state: true } };

  declare measurement: Measurement | undefined;
  declare private chosen: string | undefined;
  declare private size: number | undefined;
  /** Asked for: a second click must not draw a second sample. */
  declare private asked: boolean;

  constructor() {
    super();
    this.measurement = undefined;
    this.chosen = undefined;
    this.size = undefined;
    this.asked = false;
  }

  protected override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('measurement')) this.asked = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const drawable = this.measurement?.drawable ?? [];
    const first = drawable.find((one) => keyOf(one) === this.chosen) ?? drawable.find(({ verdict }) => verdict === 'LABEL_WRONG') ?? drawable[0];
    if (first === undefined) return html`<p class="muted">${t('There is nothing to draw from here: no pair was judged by a model.')}</p>`;
    const least = this.measurement?.gate?.least ?? 100;
    const size = this.size ?? least;
    const valid = Number.isInteger(size) && size >= 1 && size <= LARGEST;
    return html`<form @submit=${(event: Event) => this.draw(event, first, size, valid)}>
      <div class="fields">
        <label><span>${t('Verdict and judge')}</span>
          ${selectView({ name: 'class', label: t('Verdict and judge'), value: keyOf(first), choices: drawable.map((one) => ({ value: keyOf(one), text: classText(one) })), onPick: (value) => (this.chosen = value) })}</label>
        <label><span>${t('Pairs to draw')}</span>
          <input type="number" min="1" max=${LARGEST} step="1" required .value=${String(size)} aria-describedby="expected" @input=${(event: Event) => (this.size = (event.target as HTMLInputElement).valueAsNumber)}></label>
        <button class="primary" type="submit" ?disabled=${!valid || this.asked}>${t('Draw and decide')}</button>
      </div>
      <p id="expected" role="status">${valid ? this.expected(first, size, least) : t('Give a whole number from 1 to {0}.', LARGEST)}</p>
      <p class="muted">${t('The size is fixed before the first decision. The pairs come in random order, without the verdict, and with the sides shuffled; the figures count when all of them are decided.')}</p>
    </form>`;
  }

  private expected(one: Drawable, wanted: number, least: number): TemplateResult {
    const measured = this.measurement?.classes.find((c) => c.current && c.verdict === one.verdict && c.judge === one.judge && c.promptVersion === one.promptVersion);
    const share = measured !== undefined && measured.precision.n > 0 ? measured.precision.value : undefined;
    const size = Math.min(wanted, one.count);
    const width = (widthAt(share ?? SUPPOSED, size) * 100).toFixed(1);
    return html`${wanted > one.count ? html`${t('There are {0} such pairs: all of them are drawn.', one.count)} ` : nothing}
      ${share === undefined ? t('If nine in ten verdicts are right, the interval will be about {0} points wide.', width) : t('If as many verdicts are right as in the last sample, the interval will be about {0} points wide.', width)}
      ${one.verdict === 'LABEL_WRONG' && size < least ? html` <strong>${t('Too few for the gate: it takes {0}.', least)}</strong>` : nothing}
      ${measured === undefined ? nothing : html` <strong>${measured.complete ? t('The new sample takes the place of the last one at once, also before it is decided.') : t('The last sample of this class is not decided to its end: the new one takes its place at once.')}</strong>`}`;
  }

  private draw(event: Event, { verdict, judge, promptVersion }: Drawable, size: number, valid: boolean): void {
    event.preventDefault();
    if (!valid || this.asked) return;
    this.asked = true;
    const detail: DrawWanted = { verdict, judge, promptVersion, size };
    this.dispatchEvent(new CustomEvent('draw-wanted', { detail }));
  }
}

function classText(one: Drawable): string {
  const text = t('“{0}”, {1} ({2} pairs)', verdictWords(one.verdict), judgeName(one), one.count);
  return one.simulated ? t('{0}, simulated', text) : text;
}

if (customElements.get('looptool-draw-form') === undefined) customElements.define('looptool-draw-form', DrawForm);
