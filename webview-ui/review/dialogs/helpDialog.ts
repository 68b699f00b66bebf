import { html, type TemplateResult } from 'lit';
import { t } from '../../shared/words.ts';
import { keyTitle } from '../footerView.ts';
import { KEY_GROUPS, keyName, KEYS, type KeyBinding } from '../keys.ts';

/** The cheat sheet: every key by what it is for. Bindings of one action share a line. */
export function helpDialog(neutral: boolean, close: () => void): TemplateResult {
  return html`<looptool-modal class="help" heading=${t('Keys')} @closed=${close}>
    <div class="sheet">${KEY_GROUPS.map(({ group, title }) => html`<table>
      <caption>${t(title)}</caption>
      <colgroup><col class="keys" /><col class="title" /><col /></colgroup>
      <thead class="visually-hidden"><tr><th scope="col">${t('Key')}</th><th scope="col">${t('What it does')}</th></tr></thead>
      <tbody>${lines(KEYS.filter((k) => k.group === group)).map((same) => line(same, neutral))}</tbody>
    </table>`)}</div>
    <p class="muted">${t('Keys work while no field has the focus; Escape leaves a field.')}</p>
  </looptool-modal>`;
}

function lines(keys: readonly KeyBinding[]): (readonly KeyBinding[])[] {
  const byAction = new Map<string, KeyBinding[]>();
  for (const k of keys) {
    byAction.set(k.title, [...(byAction.get(k.title) ?? []), k]);
  }
  return [...byAction.values()];
}

function line(same: readonly KeyBinding[], neutral: boolean): TemplateResult {
  const [first] = same;
  return html`<tr><td class="keys">${same.map((k) => html`<kbd>${keyName(k)}</kbd> `)}</td><th scope="row">${first ? keyTitle(first, neutral) : ''}</th><td>${first ? t(first.hint) : ''}</td></tr>`;
}
