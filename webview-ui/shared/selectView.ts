import { html, type TemplateResult } from 'lit';

export type Choice<T extends string> = { readonly value: T; readonly text: string; readonly title?: string };

type Select<T extends string> = { readonly name: string; readonly label: string; readonly value: T; readonly choices: readonly Choice<T>[]; readonly disabled?: boolean; readonly onPick: (value: T) => void };

/** One of a few. What is shown is `value`: a choice changes it only when whoever holds the value agrees. */
export function selectView<T extends string>({ name, label, value, choices, disabled, onPick }: Select<T>): TemplateResult {
  const changed = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    const chosen = choices[select.selectedIndex]?.value;
    select.selectedIndex = choices.findIndex((c) => c.value === value);
    if (chosen !== undefined && chosen !== value) onPick(chosen);
  };
  return html`<select class=${name} aria-label=${label} title=${label} ?disabled=${disabled ?? false} @change=${changed}>${choices.map((c) => html`<option value=${c.value} title=${c.title ?? ''} .selected=${c.value === value}>${c.text}</option>`)}</select>`;
}
