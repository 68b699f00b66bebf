import { html, nothing, type TemplateResult } from 'lit';
import type { ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { suggestAt, type Suggestion, type Suggestions } from '../../../src/core/review/edit/suggestAt.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import { t } from '../../shared/words.ts';

export type JsonState = {
  readonly text: string;
  readonly error: { readonly message: string; readonly line: number; readonly column: number } | undefined;
  readonly suggestions: Suggestions | undefined;
  readonly active: number;
};

export type JsonActions = {
  readonly tools: readonly ToolDefinition[];
  typed(text: string): void;
  suggest(suggestions: Suggestions | undefined, active: number): void;
};

/** 1-based line and column of an offset, the column in UTF-16 units. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** A label as JSON, with what could stand at the caret. */
export function jsonField(state: JsonState, actions: JsonActions): TemplateResult {
  const { suggestions, active } = state;
  const areaOf = (event: Event): HTMLTextAreaElement | undefined => {
    const area = (event.currentTarget as HTMLElement).closest('.json')?.querySelector('textarea');
    return area ?? undefined;
  };
  const look = (area: HTMLTextAreaElement): void => actions.suggest(suggestAt(area.value, area.selectionStart, actions.tools), 0);
  const take = (area: HTMLTextAreaElement | undefined, item: Suggestion | undefined): void => {
    if (area === undefined || item === undefined || suggestions === undefined) return;
    area.setRangeText(item.insert, suggestions.from, suggestions.to, 'end');
    area.focus();
    actions.typed(area.value);
    actions.suggest(undefined, 0);
  };
  const key = (event: KeyboardEvent): void => {
    const area = areaOf(event);
    if (area === undefined) return;
    if (event.key === ' ' && event.ctrlKey) look(area);
    else if (suggestions === undefined || event.ctrlKey || event.metaKey) return;
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') actions.suggest(suggestions, (active + (event.key === 'ArrowDown' ? 1 : suggestions.items.length - 1)) % suggestions.items.length);
    else if (event.key === 'Enter' || event.key === 'Tab') take(area, suggestions.items[active]);
    else if (event.key === 'Escape') actions.suggest(undefined, 0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const typed = (event: Event): void => {
    const area = event.target as HTMLTextAreaElement;
    actions.typed(area.value);
    look(area);
  };
  return html`<div class="json">
    <textarea class="whole" rows="12" spellcheck="false" autocomplete="off" aria-label=${t('The label as JSON')} aria-describedby="json-error" aria-invalid=${state.error === undefined ? 'false' : 'true'} aria-autocomplete="list" aria-controls="suggestions" aria-activedescendant=${suggestions === undefined ? nothing : `suggestion-${active}`}
      .value=${state.text} @input=${typed} @keydown=${key} @blur=${() => actions.suggest(undefined, 0)} @click=${() => actions.suggest(undefined, 0)}></textarea>
    <ul id="suggestions" class="suggestions" role="listbox" aria-label=${t('Suggestions')} ?hidden=${suggestions === undefined}>
      ${suggestions?.items.map((item, index) => html`<li id="suggestion-${index}" role="option" aria-selected=${index === active ? 'true' : 'false'} @mousedown=${(event: Event) => {
        event.preventDefault();
        take(areaOf(event), item);
      }}><code>${visibleLine(item.label, 120)}</code> <span class="muted">${visibleLine(item.detail, 80)}</span></li>`)}
    </ul>
    <p id="json-error" class="field-error" role="status">${state.error === undefined ? nothing : html`${t('Line {0}, column {1}', state.error.line, state.error.column)}: ${visibleLine(state.error.message, 400)}`}</p>
    <p class="muted hint">${t('Ctrl+Space suggests keys, tools and values.')}</p>
  </div>`;
}
