import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Share } from '../../../src/core/review/measure/measurement.ts';

/** `97.0 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** `97.0 % [91.5 %, 99.0 %]`; a dash where nothing is decided. */
export function intervalText({ n, value, low, high }: Share): string {
  return n === 0 ? '–' : `${percent(value)} [${percent(low)}, ${percent(high)}]`;
}

/** The interval from 0 to 1 with its share, and the threshold that its lower end is held against. The figures stand beside it: it is hidden from screen readers. */
export function intervalBar({ n, value, low, high }: Share, threshold?: number): TemplateResult | typeof nothing {
  if (n === 0) return nothing;
  const at = (share: number): string => (1 + share * 98).toFixed(2);
  return html`<svg class="interval" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    ${svg`<line class="axis" x1="1" x2="99" y1="10.5" y2="10.5"></line>
    <rect class="range" x=${at(low)} y="3" width=${Math.max(0.5, (high - low) * 98).toFixed(2)} height="5"></rect>
    <line class="share" x1=${at(value)} x2=${at(value)} y1="1" y2="10"></line>
    ${threshold === undefined ? nothing : svg`<line class="threshold" x1=${at(threshold)} x2=${at(threshold)} y1="0" y2="12"></line>`}`}
  </svg>`;
}
