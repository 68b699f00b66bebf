import { html, type TemplateResult } from 'lit';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import { t } from '../../shared/words.ts';
import type { Confirmation } from '../reviewFlow.ts';

/** A label that breaks its tool's schema is stored only when somebody says so once more. */
export function confirmDialog(confirmation: Confirmation, close: () => void): TemplateResult {
  const store = (): void => {
    close();
    confirmation.again();
  };
  return html`<looptool-modal class="confirm" heading=${t('This label breaks its tool’s schema')} @closed=${close}>
    <ul>${confirmation.problems.map((p) => html`<li>${visibleLine(p, 400)}</li>`)}</ul>
    <p>${t('A policy that is trained on it learns calls that the tool refuses.')}</p>
    <div class="actions"><button class="primary" autofocus @click=${close}>${t('Back')}</button><button class="store" @click=${store}>${t('Store it all the same')}</button></div>
  </looptool-modal>`;
}
