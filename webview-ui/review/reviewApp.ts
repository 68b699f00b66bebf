import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { hostMessageSchema, type HostMessage, type ReviewRequest, type ReviewSnapshot } from '../../src/protocol/reviewMessages.ts';
import { HostConnection } from '../shared/hostConnection.ts';
import { answerView } from './answerView.ts';
import { conversationView, judgeView, toolsView } from './contextView.ts';
import { actionOf, KEYS, type Action } from './keys.ts';
import { reviewStyles } from './reviewStyles.ts';

/** The review: the host holds all state, the page shows its latest snapshot and sends one request at a time. */
export class ReviewApp extends LitElement {
  static override readonly styles = reviewStyles;
  static override readonly properties = { snapshot: { state: true }, failure: { state: true }, busy: { state: true }, help: { state: true } };

  declare private snapshot: ReviewSnapshot | undefined;
  declare private failure: string;
  declare private busy: boolean;
  declare private help: boolean;
  private shownAt = 0;
  private readonly host = new HostConnection<ReviewRequest, HostMessage>(hostMessageSchema, (m) => this.take(m));

  constructor() {
    super();
    this.failure = '';
    this.busy = false;
    this.help = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.onKey);
    void this.request({ type: 'ready' });
  }

  override disconnectedCallback(): void {
    document.removeEventListener('keydown', this.onKey);
    super.disconnectedCallback();
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const action = actionOf(event);
    if (!action || event.repeat) return;
    event.preventDefault();
    this.act(action);
  };

  private act(action: Action): void {
    const item = this.snapshot?.item;
    switch (action.kind) {
      case 'help':
        this.help = !this.help;
        return;
      case 'decide':
        if (!item) return;
        if (!item.takeable && (action.ruling === 'takePrediction' || action.ruling === 'bothCorrect')) {
          this.failure = 'The prediction is no complete answer, so it cannot be taken.';
          return;
        }
        void this.request({ type: 'decide', sampleId: item.sampleId, labelHash: item.labelHash, ruling: action.ruling, elapsedMs: Math.round(performance.now() - this.shownAt) });
        return;
      case 'open':
        if (item) void this.request({ type: 'openSource', sampleId: item.sampleId });
        return;
      case 'undo':
      case 'apply':
        void this.request({ type: action.kind });
        return;
      case 'next':
      case 'previous':
      case 'nextUndecided':
        void this.request({ type: 'move', to: action.kind });
    }
  }

  /** One request at a time: a key pressed while a decision is being stored would act on a sample that nobody saw. */
  private async request(request: Parameters<HostConnection<ReviewRequest, HostMessage>['send']>[0]): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = '';
    try {
      this.take(await this.host.send(request));
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  private take(message: HostMessage): void {
    if (message.type === 'failure') {
      this.failure = message.message;
      return;
    }
    if (message.item?.sampleId !== this.snapshot?.item?.sampleId) {
      this.shownAt = performance.now();
      window.scrollTo({ top: 0 });
    }
    this.snapshot = message;
  }

  protected override render(): TemplateResult {
    const s = this.snapshot;
    if (!s) return html`<main><p role="status">${this.failure === '' ? 'Opening the round …' : this.failure}</p></main>`;
    return html`${this.header(s)}
      <main>
        <div class="visually-hidden" role="status" aria-live="polite">${s.announcement ?? ''}</div>
        ${this.failure === '' ? nothing : html`<p class="failure" role="alert">${this.failure}</p>`}
        ${this.help ? this.cheatSheet() : nothing}
        ${s.item ? html`${answerView(s.item)} ${judgeView(s.item)} ${conversationView(s.item)} ${toolsView(s.item)}` : this.end(s)}
      </main>
      ${this.footer(s)}`;
  }

  private header(s: ReviewSnapshot): TemplateResult {
    const item = s.item;
    return html`<header>
      <h1>Round ${s.round}: ${s.total === 0 ? 'no mismatch' : `${Math.min(s.position + 1, s.total)} of ${s.total}`}</h1>
      <progress aria-label="Decided" max=${Math.max(1, s.total)} .value=${s.total - s.undecided}></progress>
      <span class="muted">${s.undecided} undecided</span>
      ${item ? html`<span class="badge">${item.outcome}</span><span class="muted">origin ${item.origin}${item.ppl === null ? '' : `, perplexity ${item.ppl.toFixed(2)}`}</span>` : nothing}
      ${item?.judgement?.simulated ? html`<span class="badge simulated" title="This judge is a simulation that ships with the sample project">simulated judge</span>` : nothing}
    </header>`;
  }

  private footer(s: ReviewSnapshot): TemplateResult {
    const shown = KEYS.filter((k) => k.action.kind === 'decide' || ['undo', 'previous', 'next', 'apply', 'help'].includes(k.action.kind));
    return html`<footer>
      ${shown.map((k) => {
        const decide = k.action.kind === 'decide' ? k.action.ruling : undefined;
        const disabled =
          (decide !== undefined && (!s.item || (!s.item.takeable && (decide === 'takePrediction' || decide === 'bothCorrect')))) ||
          (k.action.kind === 'undo' && !s.canUndo) || (k.action.kind === 'apply' && s.toApply === 0);
        const title = k.action.kind === 'apply' && s.toApply > 0 ? `${k.title} ${s.toApply}` : k.title;
        const pressed = decide === undefined ? nothing : s.item?.ruling === decide ? 'true' : 'false';
        return html`<button class=${k.action.kind === 'decide' ? 'primary' : ''} title=${k.hint} aria-pressed=${pressed} aria-keyshortcuts=${k.key} ?disabled=${disabled} @click=${() => this.act(k.action)}><kbd aria-hidden="true">${k.shown}</kbd>${title}</button>`;
      })}
      <span class="spacer"></span>
      <span class="notice" aria-hidden="true">${s.announcement ?? ''}</span>
    </footer>`;
  }

  private cheatSheet(): TemplateResult {
    return html`<section aria-label="Keys"><h2>Keys</h2><table>
      <colgroup><col class="name" /><col /></colgroup>
      <tbody>${KEYS.map((k) => html`<tr><th scope="row"><kbd>${k.shown}</kbd> ${k.title}</th><td>${k.hint}</td></tr>`)}</tbody>
    </table></section>`;
  }

  private end(s: ReviewSnapshot): TemplateResult {
    if (s.total === 0) {
      return html`<div class="empty"><h1>Nothing to review in this round</h1><p class="muted">A review shows answers of the policy that differ from their label. Either the stage “probe” has not run in this round yet, or every answer matched.</p></div>`;
    }
    return html`<div class="empty"><h1>End of the queue</h1>
      <p>${s.undecided === 0 ? 'Every mismatch of this round has a decision.' : `${s.undecided} without a decision: press N to go to the next of them.`}</p>
      ${s.toApply > 0 ? html`<button class="primary" @click=${() => this.act({ kind: 'apply' })}>Apply ${s.toApply} correction${s.toApply === 1 ? '' : 's'} to the dataset</button>` : html`<p class="muted">No decision changes a label.</p>`}
    </div>`;
  }
}
