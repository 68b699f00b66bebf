import { html, nothing, type TemplateResult } from 'lit';
import type { ToolDefinition } from '../../src/core/dataset/sample.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import { clippedText, visibleLine, visibleText } from '../../src/core/text/visibleText.ts';
import type { ReviewItem } from '../../src/protocol/review/item.ts';
import { t } from '../shared/words.ts';

const LONGEST = 20_000;
const MOST = 50;

/** Tools that either side calls first, the others after them; schemas open on demand. */
export function toolsView(item: ReviewItem): TemplateResult {
  const used = new Set([...(item.label.kind === 'calls' ? item.label.calls : []), ...item.prediction.calls].map((c) => c.name));
  const mine = item.tools.filter((tool) => used.has(tool.name));
  const others = item.tools.filter((tool) => !used.has(tool.name));
  return html`<section class="tools" aria-labelledby="tools-heading"><h2 id="tools-heading">${t('Tools')} (${item.tools.length})</h2>
    ${item.tools.length === 0 ? html`<p class="muted">${t('The sample offers no tool.')}</p>` : nothing}
    ${mine.map((tool) => toolView(tool, true))}
    ${others.slice(0, MOST).map((tool) => toolView(tool, false))}
    ${others.length > MOST ? html`<p class="muted">${t('{0} more tools: open the file to see them.', others.length - MOST)}</p>` : nothing}
  </section>`;
}

function toolView(tool: ToolDefinition, used: boolean): TemplateResult {
  return html`<details>
    <summary><code>${visibleLine(tool.name, 100)}</code>${used ? html` <span class="badge">${t('called')}</span>` : nothing} <span class="muted">${visibleLine(tool.description ?? '', 160)}</span></summary>
    ${tool.description !== undefined && tool.description.length > 160 ? html`<p class="muted">${visibleText(clippedText(tool.description, LONGEST).text)}</p>` : nothing}
    <pre>${tool.parameters === undefined ? t('no parameters') : visibleText(clippedText(stringifyJson(tool.parameters, 2), LONGEST).text)}</pre>
  </details>`;
}
