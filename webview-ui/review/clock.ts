import { css, html, LitElement, type TemplateResult } from 'lit';
import type { Stopwatch } from '../shared/stopwatch.ts';
import { t } from '../shared/words.ts';

/** Time on this pair. It draws itself once a second, alone, at a fixed width; nobody has it read out. */
export class Clock extends LitElement {
  static override readonly properties = { watch: { attribute: false } };
  static override readonly styles = css`:host { display: inline-block; min-width: 3.2em; text-align: right; font-variant-numeric: tabular-nums; }`;

  declare watch: Stopwatch | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.watch = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    clearInterval(this.timer);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const seconds = Math.floor((this.watch?.elapsedMs() ?? 0) / 1000);
    return html`<span role="timer" aria-live="off" aria-label=${t('Time on this sample')}>${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}</span>`;
  }
}
