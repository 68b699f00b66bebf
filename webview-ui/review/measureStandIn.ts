import { html, type TemplateResult } from 'lit';
import type { Measurement } from '../../src/core/review/measure/measurement.ts';
import { visibleText } from '../../src/core/text/visibleText.ts';

export function measureView(measurement: Measurement): TemplateResult {
  return html`${measurement.gate ? html`<p>${visibleText(measurement.gate.reason)}</p>` : ''}<ul>${measurement.notes.map((n) => html`<li>${visibleText(n)}</li>`)}</ul>`;
}
