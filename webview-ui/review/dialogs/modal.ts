import { css, html, LitElement, type TemplateResult } from 'lit';
import { t } from '../../shared/words.ts';
import { partStyles } from '../partStyles.ts';

/** A dialog over the page: it has the focus and the keys until it says `closed` (Escape, or its button). Lives only while it is shown. */
export class Modal extends LitElement {
  static override readonly properties = { heading: { type: String } };

  declare heading: string;
  private focusedBefore: Element | null = null;

  constructor() {
    super();
    this.heading = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.focusedBefore = deepActive();
  }

  /** The focus goes back to where it was, where that is still there. */
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.focusedBefore instanceof HTMLElement && this.focusedBefore.isConnected) this.focusedBefore.focus();
  }

  protected override firstUpdated(): void {
    const dialog = this.shadowRoot?.querySelector('dialog');
    dialog?.showModal();
    (this.querySelector<HTMLElement>('[autofocus]') ?? this.shadowRoot?.querySelector('button'))?.focus();
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @cancel=${this.cancel} @keydown=${this.keepFocus}>
      <div class="top"><h2 id="heading">${this.heading}</h2><button class="close" @click=${() => this.close()}>${t('Close')} <span aria-hidden="true">(Esc)</span></button></div>
      <div class="body"><slot></slot></div>
    </dialog>`;
  }

  private readonly cancel = (event: Event): void => {
    event.preventDefault();
    this.close();
  };

  private close(): void {
    this.dispatchEvent(new CustomEvent('closed'));
  }

  /** The browser lets the focus leave a modal dialog for its own bars; in a panel that would be the editor. */
  private readonly keepFocus = (event: KeyboardEvent): void => {
    if (event.key !== 'Tab') return;
    const stops = [...(this.shadowRoot?.querySelectorAll<HTMLElement>('button') ?? []), ...this.querySelectorAll<HTMLElement>('button, input, select, textarea, summary, [tabindex="0"], vscode-textfield')].filter((e) => !e.hasAttribute('disabled') && e.checkVisibility());
    const first = stops[0];
    const last = stops.at(-1);
    const at = event.composedPath()[0];
    const on = (e: HTMLElement | undefined): boolean => e !== undefined && (e === at || event.composedPath().includes(e));
    const to = event.shiftKey && on(first) ? last : !event.shiftKey && on(last) ? first : undefined;
    if (!to) return;
    event.preventDefault();
    to.focus();
  };

  static override readonly styles = [
    partStyles,
    css`
      dialog { width: min(60rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); padding: 0; color: var(--vscode-foreground); background: var(--vscode-editorWidget-background, var(--vscode-editor-background)); border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, var(--vscode-panel-border, currentColor))); border-radius: 4px; box-shadow: 0 0 1rem var(--vscode-widget-shadow, transparent); overflow: auto; }
      dialog::backdrop { background: rgba(0, 0, 0, 0.35); }
      .top { position: sticky; top: 0; z-index: 1; display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding: 0.6rem 1rem; background: inherit; background-color: var(--vscode-editorWidget-background, var(--vscode-editor-background)); border-bottom: 1px solid var(--lt-line); }
      h2 { margin: 0; font-size: 1.05em; text-transform: none; letter-spacing: 0; color: inherit; }
      .body { position: relative; padding: 0.75rem 1rem 1rem; }
    `,
  ];
}

/** The focused element, through shadow roots. */
function deepActive(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}
