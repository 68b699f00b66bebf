import { html, nothing, type TemplateResult } from 'lit';
import type { ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { stringifySpaced } from '../../../src/core/json/stringify.ts';
import type { AlignedRow, RowSchema } from '../../../src/core/review/answer/alignedRow.ts';
import { signatureOf, typeName } from '../../../src/core/schema/signature.ts';
import type { ArgumentFacts } from '../../../src/core/schema/argumentFacts.ts';
import { visibleLine, visibleText } from '../../../src/core/text/visibleText.ts';
import { t } from '../../shared/words.ts';
import { dataText } from './valueView.ts';

const shortList = 40;
const mostMembers = 60;

/** What the schema says of a row: type, required and listed values at once, the rest on demand. */
export function schemaView(schema: RowSchema, isArgument: boolean): TemplateResult | typeof nothing {
  switch (schema.kind) {
    case 'declared':
      return factsView(schema.facts, schema.type, isArgument);
    case 'undeclared':
      return html`<span class="schema off">${t('not in the schema')}</span>`;
    case 'noTool':
      return isArgument ? html`<span class="schema off">${t('unknown tool')}</span>` : nothing;
    case 'open':
      return nothing;
  }
}

function factsView(facts: ArgumentFacts, type: string, isArgument: boolean): TemplateResult {
  const listed = facts.values === undefined ? '' : facts.values.slice(0, mostMembers).map((value) => stringifySpaced(value)).join(' | ');
  const short = listed.length <= shortList;
  const line = html`<span class="type">${visibleLine(type, 80)}</span>${facts.required ? html` <strong class="required">${t('required')}</strong>` : isArgument ? html` ${t('optional')}` : nothing}${facts.values === undefined ? nothing : html` <span class="enum">${short ? visibleText(listed) : t('one of {0}', facts.values.length)}</span>`}`;
  const more = [
    facts.description === undefined ? undefined : dataText(facts.description, 4000),
    facts.values === undefined || short ? undefined : html`${t('Allowed:')} ${dataText(listed, 4000)}${facts.values.length > mostMembers ? html` ${t('and {0} more', facts.values.length - mostMembers)}` : nothing}`,
    facts.hasDefault ? html`${t('Default:')} ${dataText(stringifySpaced(facts.default ?? null), 400)}` : undefined,
    facts.format === undefined ? undefined : html`${t('Format:')} ${visibleLine(facts.format, 100)}`,
  ].filter((part) => part !== undefined);
  if (more.length === 0) return html`<span class="schema">${line}</span>`;
  return html`<details class="schema"><summary>${line}</summary>${more.map((part) => html`<p>${part}</p>`)}</details>`;
}

/** The tool beside its call: its one line and description on demand. */
export function toolView(tool: ToolDefinition | undefined): TemplateResult {
  if (tool === undefined) return html`<span class="schema off">${t('The sample shows no such tool')}</span>`;
  return html`<details class="schema"><summary>${t('schema')}</summary><p><code>${visibleLine(signatureOf(tool).label, 2000)}</code></p>${tool.description === undefined ? nothing : html`<p>${dataText(tool.description, 4000)}</p>`}</details>`;
}

const mostUnused = 40;

/** Arguments that neither side gives, the required ones first. */
export function unusedView(unused: readonly ArgumentFacts[]): TemplateResult | typeof nothing {
  if (unused.length === 0) return nothing;
  const sorted = [...unused].sort((a, b) => Number(b.required) - Number(a.required));
  const one = (facts: ArgumentFacts): TemplateResult => html`<li><code>${visibleLine(facts.name, 80)}</code> <span class="muted">${visibleLine(typeName(facts), 60)}</span>${facts.required ? html` <strong class="required">${t('required')}</strong>` : nothing}${facts.hasDefault ? html` <span class="muted">= ${visibleLine(stringifySpaced(facts.default ?? null), 40)}</span>` : nothing}</li>`;
  return html`<details class="unused" ?open=${sorted[0]?.required === true}><summary>${t('{0} more in the schema, given by neither side', unused.length)}</summary><ul>${sorted.slice(0, mostUnused).map(one)}</ul>${sorted.length > mostUnused ? html`<p class="muted">${t('and {0} more', sorted.length - mostUnused)}</p>` : nothing}</details>`;
}

/** Acceptable values of an argument with possible answers, the nearest one marked. */
export function acceptableView(row: AlignedRow): TemplateResult | typeof nothing {
  const { acceptable } = row;
  if (acceptable === undefined || (acceptable.values.length < 2 && !acceptable.optional)) return nothing;
  const others = acceptable.values.flatMap((value, index) => (index === acceptable.nearest ? [] : [value]));
  return html`<span class="acceptable">${others.length > 0 ? html`${t('Also right:')} ${dataText(others.slice(0, 20).map((value) => stringifySpaced(value)).join(' | '), 600)}${others.length > 20 ? html` ${t('and {0} more', others.length - 20)}` : nothing} ` : nothing}${acceptable.optional ? t('May be left out.') : nothing}</span>`;
}
