import { LitElement, html } from 'lit';
import type { Label } from '../../../src/core/dataset/sample.ts';
import type { ReviewItem } from '../../../src/protocol/review/item.ts';

export type LabelChosen = CustomEvent<{ readonly label: Label; readonly way: 'single' | 'cherryPick' }>;

/** Another label for a pair: written by hand, or with parts of the prediction picked. Fires `label-chosen` and `label-cancelled`. */
export class LabelEditor extends LitElement {
  static override properties = { item: { attribute: false }, mode: {} };
  declare item: ReviewItem | undefined;
  declare mode: 'edit' | 'cherryPick';

  constructor() {
    super();
    this.mode = 'edit';
  }

  override render(): unknown {
    return html``;
  }
}

if (!customElements.get('looptool-label-editor')) customElements.define('looptool-label-editor', LabelEditor);
