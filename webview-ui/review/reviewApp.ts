import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { QueueSpec } from '../../src/core/review/queue/queueSpec.ts';
import { answerStyles } from './answer/answerStyles.ts';
import { bulkDialog } from './bulk/bulkDialog.ts';
import type { Conversation } from './conversation/conversation.ts';
import { placeOf, samePlace, type ArgumentPlace } from './conversation/sourceMarks.ts';
import { confirmDialog } from './dialogs/confirmDialog.ts';
import { helpDialog } from './dialogs/helpDialog.ts';
import { endView, failureView, loadingView, warningsView } from './endView.ts';
import { footerView } from './footerView.ts';
import { headerView } from './headerView.ts';
import { actionOf } from './keys.ts';
import { measureStyles } from './measure/measureStyles.ts';
import { measureView, type MeasureActions } from './measure/measureView.ts';
import { offerView, pairView, type Linking } from './pairView.ts';
import { pageStyles } from './pageStyles.ts';
import { partStyles } from './partStyles.ts';
import { ReviewFlow, type PageHands, type PageView } from './reviewFlow.ts';
import { sidesOf } from './sides.ts';

/** The review: the host holds all state, the page shows its latest snapshot and sends one request at a time. */
export class ReviewApp extends LitElement {
  static override readonly styles = [partStyles, answerStyles, measureStyles, pageStyles];
  static override readonly properties = { active: { state: true } };

  /** The argument that is looked at, on either side of its link. */
  declare private active: ArgumentPlace | undefined;
  private focusWanted = false;
  private shownView: PageView = 'pair';

  private readonly flow = new ReviewFlow({
    changed: () => this.requestUpdate(),
    newPair: () => this.newPair(),
    focusNote: () => this.find('.note textarea')?.focus(),
    focusSearch: () => this.find('looptool-queue-bar')?.focus(),
  } satisfies PageHands);

  private readonly measureActions: MeasureActions = {
    startCalibration: (wanted) => this.flow.startCalibration(wanted),
    openCalibration: (id) => this.flow.setMode({ kind: 'calibration', id }),
    openDisagreements: () => this.flow.setMode({ kind: 'adjudication' }),
    close: () => this.flow.set(() => (this.flow.view = 'pair')),
  };

  constructor() {
    super();
    this.active = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.onKey);
    this.flow.start();
  }

  override disconnectedCallback(): void {
    document.removeEventListener('keydown', this.onKey);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { flow } = this;
    const s = flow.snapshot;
    if (!s) return loadingView(flow);
    return html`${headerView(flow, s)}
      ${s.mode.kind === 'calibration' || flow.view === 'measure' ? nothing : this.queueBar()}
      ${failureView(flow)} ${warningsView(s)} ${offerView(flow, s)}
      <div class="visually-hidden said" role="status" aria-live="polite">${flow.said}</div>
      ${this.middle()} ${footerView(flow, s)} ${this.dialogs()}`;
  }

  /** A calibration sample is decided as it was drawn: there is nothing to filter. */
  private queueBar(): TemplateResult {
    const { flow } = this;
    return html`<looptool-queue-bar .snapshot=${flow.snapshot} .facets=${flow.facets} .open=${flow.filters} @spec-wanted=${(e: CustomEvent<QueueSpec>) => flow.setQueue(e.detail)} @queue-saved=${(e: CustomEvent<string>) => flow.saveQueue(e.detail)} @queue-deleted=${(e: CustomEvent<string>) => flow.deleteQueue(e.detail)} @filters-toggled=${() => flow.act({ kind: 'filters' })} @left=${() => this.focusMain()}></looptool-queue-bar>`;
  }

  private middle(): TemplateResult {
    const { flow } = this;
    const s = flow.snapshot;
    if (flow.view === 'measure' && flow.measurement) {
      return html`<main class="lone measure" tabindex="-1">${measureView(flow.measurement, this.measureActions)}</main>`;
    }
    if (s?.item) return pairView(flow, s, s.item, this.linking());
    return html`<main class="lone" tabindex="-1">${s ? endView(flow, s) : nothing}</main>`;
  }

  private dialogs(): TemplateResult | typeof nothing {
    const { flow } = this;
    if (flow.help) return helpDialog(flow.snapshot ? sidesOf(flow.snapshot).neutral : false, () => flow.set(() => (flow.help = false)));
    if (flow.confirmation) return confirmDialog(flow.confirmation, () => flow.set(() => (flow.confirmation = undefined)));
    return flow.bulk ? bulkDialog(flow, flow.bulk) : nothing;
  }

  protected override updated(): void {
    if (this.shownView !== this.flow.view) {
      this.shownView = this.flow.view;
      if (this.shownView === 'pair') this.focusMain();
    }
    if (!this.focusWanted || !this.flow.snapshot) return;
    this.focusWanted = false;
    for (const column of this.shadowRoot?.querySelectorAll('.column') ?? []) column.scrollTop = 0;
    window.scrollTo({ top: 0 });
    void this.shadowRoot?.querySelector<Conversation>('looptool-conversation')?.showRequest(this.find('.context'));
    if (!isField(deepActive())) this.focusMain();
  }

  private newPair(): void {
    this.focusWanted = true;
    this.active = undefined;
  }

  private focusMain(): void {
    this.find('.column.both, main.lone')?.focus({ preventScroll: true });
  }

  private find(selector: string): HTMLElement | null {
    return this.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const at = event.composedPath()[0];
    if (event.key === 'Escape') return this.escape(at);
    if (event.defaultPrevented || event.isComposing || isField(at) || this.flow.keysElsewhere) return;
    const action = actionOf(event);
    if (!action || (event.repeat && action.kind !== 'move')) return;
    event.preventDefault();
    this.flow.act(action);
  };

  /** Escape leaves a field for the page, where the keys work again. */
  private escape(at: EventTarget | undefined): void {
    const { flow } = this;
    if (isField(at)) return this.focusMain();
    if (flow.view !== 'pair' && !flow.help && !flow.confirmation && !flow.bulk) flow.set(() => (flow.view = 'pair'));
    else if (flow.filters) flow.set(() => (flow.filters = false));
  }

  private linking(): Linking {
    return {
      active: this.active,
      pointed: (place) => (this.active = place),
      toSource: (place) => void this.shadowRoot?.querySelector<Conversation>('looptool-conversation')?.show(place),
      toArgument: (place) => this.showArgument(place),
    };
  }

  private showArgument(place: ArgumentPlace): void {
    this.active = place;
    const element = [...(this.shadowRoot?.querySelectorAll<HTMLElement>('.both [data-path]') ?? [])].find((e) => {
      const other = placeOf(e.dataset);
      return other !== undefined && samePlace(place, other);
    });
    element?.scrollIntoView({ block: 'center', behavior: 'instant' });
    element?.focus({ preventScroll: true });
  }
}

/** Where typing is meant as text, and where keys choose: the page's keys stay silent there. */
function isField(target: EventTarget | null | undefined): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=button]), textarea, select, [role=combobox], [role=listbox], vscode-textfield'));
}

function deepActive(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}
