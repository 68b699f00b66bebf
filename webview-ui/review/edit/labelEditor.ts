import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { labelDocumentText, readLabelDocument } from '../../../src/core/dataset/labelDocument.ts';
import type { Label, TextKind, ToolCall } from '../../../src/core/dataset/sample.ts';
import type { FieldKind } from '../../../src/core/review/edit/fieldValue.ts';
import { startCall } from '../../../src/core/review/edit/fieldValue.ts';
import { applyPicks, pickable, type LabelPick } from '../../../src/core/review/edit/cherryPick.ts';
import { labelProblems } from '../../../src/core/review/edit/labelProblems.ts';
import type { Suggestions } from '../../../src/core/review/edit/suggestAt.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import type { ReviewItem } from '../../../src/protocol/review/item.ts';
import { t } from '../../shared/words.ts';
import { alternativesForm, callsForm, type FormContext } from './callsForm.ts';
import { editStyles } from './editStyles.ts';
import { jsonField, lineAndColumn, type JsonState } from './jsonField.ts';
import { pickList } from './pickList.ts';

export type LabelChosen = CustomEvent<{ readonly label: Label; readonly way: 'single' | 'cherryPick' }>;

const kinds = ['calls', 'text', 'noCall', 'anyCall'] as const;
type Writable = (typeof kinds)[number];

const kindWords = (kind: Writable): string => ({ calls: t('calls of tools'), text: t('a text'), noCall: t('any answer without a call'), anyCall: t('any call') })[kind];

/**
 * Another label for a pair: written by hand, or with parts of the prediction picked. Fires `label-chosen` (`LabelChosen`) and
 * `label-cancelled`. A label that breaks its tool's schema can be chosen; whoever stores it asks first. Keys do not leave it.
 */
export class LabelEditor extends LitElement {
  static override styles = editStyles;
  static override properties = { item: { attribute: false }, mode: {}, draft: { state: true }, view: { state: true }, json: { state: true }, chosen: { state: true }, active: { state: true } };
  declare item: ReviewItem | undefined;
  declare mode: 'edit' | 'cherryPick';
  private declare draft: Label;
  private declare view: 'form' | 'json';
  private declare json: JsonState;
  private declare chosen: ReadonlySet<string>;
  private declare active: number;
  private readonly drafts = new Map<string, { readonly text: string; readonly message: string }>();
  private readonly fieldKinds = new Map<string, FieldKind>();
  private picks: readonly LabelPick[] = [];
  private focused = -1;
  private started = false;
  /** What was written of each kind, for whoever changes their mind. */
  private readonly written = new Map<string, Label>();

  constructor() {
    super();
    this.mode = 'edit';
    this.view = 'form';
    this.draft = { kind: 'noCall' };
    this.chosen = new Set();
    this.active = 0;
    this.json = { text: '', error: undefined, suggestions: undefined, active: 0 };
    this.addEventListener('keydown', (event) => this.key(event));
  }

  override willUpdate(changed: PropertyValues<this>): void {
    this.focused = this.hasUpdated ? this.focusables().indexOf(this.shadowRoot?.activeElement as HTMLElement) : -1;
    this.started = false;
    const { item } = this;
    if (item === undefined || (!changed.has('item') && !changed.has('mode'))) return;
    const before = changed.get('item') as ReviewItem | undefined;
    // The host says again what it shows whenever anything happens: what is being typed stays.
    if (!changed.has('mode') && before?.sampleId === item.sampleId && before.labelHash === item.labelHash) {
      this.picksAgain(item);
      return;
    }
    this.started = true;
    this.written.clear();
    this.start(item.label);
    this.picks = this.mode === 'cherryPick' ? pickable(item.label, item.predictionLabel, item.comparison) : [];
    this.chosen = new Set();
    this.active = 0;
  }

  private picksAgain(item: ReviewItem): void {
    if (this.mode !== 'cherryPick') return;
    this.picks = pickable(item.label, item.predictionLabel, item.comparison);
    this.chosen = new Set(this.picks.flatMap(({ id }) => (this.chosen.has(id) ? [id] : [])));
    this.active = Math.max(0, Math.min(this.active, this.picks.length - 1));
  }

  override updated(): void {
    if (!this.started) {
      this.keepFocus();
      return;
    }
    const wanted = this.mode === 'cherryPick' ? ['.picks', '.cancel'] : ['.member-value :is(textarea, input, select)', '.call select', '.text textarea', '.kind-of', '.cancel'];
    for (const selector of wanted) {
      const first = this.renderRoot.querySelector<HTMLElement>(selector);
      if (first === null) continue;
      first.focus();
      break;
    }
  }

  /** What had the focus may be gone, and with it the keys: its neighbour takes over. */
  private keepFocus(): void {
    if (this.focused < 0 || this.shadowRoot?.activeElement) return;
    const all = this.focusables();
    all[Math.min(this.focused, all.length - 1)]?.focus();
  }

  private focusables(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('button:not(:disabled), input, select, textarea, summary, .picks')];
  }

  private start(label: Label): void {
    this.drafts.clear();
    this.fieldKinds.clear();
    this.change(label);
    if (this.view === 'json') this.writeJson();
  }

  private writeJson(): void {
    this.json = { text: this.isWritable(this.draft) ? labelDocumentText(this.draft) : '', error: undefined, suggestions: undefined, active: 0 };
  }

  private isWritable(label: Label): boolean {
    return label.kind !== 'trace' && label.kind !== 'invalid';
  }

  private change(label: Label): void {
    this.draft = label;
    this.written.set(label.kind, label);
  }

  /** What would be stored now; undefined while something is no label. */
  private get result(): Label | undefined {
    const { item } = this;
    if (item === undefined) return undefined;
    if (this.mode === 'cherryPick') {
      const picks = this.picks.filter(({ id }) => this.chosen.has(id));
      return picks.length === 0 || item.predictionLabel === undefined ? undefined : applyPicks(item.label, item.predictionLabel, picks, item.comparison);
    }
    if (this.view === 'json' ? this.json.error !== undefined : this.drafts.size > 0) return undefined;
    return this.isWritable(this.draft) ? this.draft : undefined;
  }

  private key(event: KeyboardEvent): void {
    // The page's keys are single letters: none of them may fire while somebody types.
    event.stopPropagation();
    const store = event.key === 'Enter' && (event.ctrlKey || event.metaKey || (this.mode === 'cherryPick' && !(event.composedPath()[0] instanceof HTMLButtonElement)));
    if (store) this.store();
    else if (event.key === 'Escape') this.cancel();
    else return;
    event.preventDefault();
  }

  private store(): void {
    const label = this.result;
    if (label === undefined) return;
    const detail = { label, way: this.mode === 'cherryPick' ? 'cherryPick' : 'single' } as const;
    this.dispatchEvent(new CustomEvent('label-chosen', { detail, bubbles: true, composed: true }));
  }

  private cancel(): void {
    this.dispatchEvent(new CustomEvent('label-cancelled', { bubbles: true, composed: true }));
  }

  override render(): TemplateResult | typeof nothing {
    const { item } = this;
    if (item === undefined) return nothing;
    const picking = this.mode === 'cherryPick';
    return html`<section class="editor answer" tabindex="-1" aria-label=${picking ? t('Pick from the prediction') : t('Edit the label')}>
      <h2>${picking ? t('Pick from the prediction') : t('Edit the label')}</h2>
      ${picking ? this.picking(item) : this.editing(item)}
      ${this.problems(item)}
      ${this.buttons()}
    </section>`;
  }

  private picking(item: ReviewItem): TemplateResult {
    const toolOf = (call: number): string => (item.label.kind === 'calls' ? (item.label.calls[call]?.name ?? '') : '');
    return pickList(
      { picks: this.picks, chosen: this.chosen, active: this.active, result: this.result ?? item.label, tools: toolOf },
      {
        toggle: (index) => {
          const id = this.picks[index]?.id;
          const next = new Set(this.chosen);
          if (id !== undefined && !next.delete(id)) next.add(id);
          this.chosen = next;
        },
        move: (to) => {
          this.active = to;
          void this.updateComplete.then(() => this.renderRoot.querySelector(`#pick-${to}`)?.scrollIntoView({ block: 'nearest' }));
        },
        all: (on) => {
          this.chosen = new Set(on ? this.picks.map(({ id }) => id) : []);
        },
      },
    );
  }

  private editing(item: ReviewItem): TemplateResult {
    const view = (which: 'form' | 'json', words: string): TemplateResult => html`<button type="button" class="small" aria-pressed=${this.view === which ? 'true' : 'false'} ?disabled=${this.view === 'json' ? which === 'form' && this.json.error !== undefined : which === 'json' && this.drafts.size > 0} @click=${() => this.show(which)}>${words}</button>`;
    return html`<div class="edit-head"><span role="group" aria-label=${t('View')}>${view('form', t('Form'))}${view('json', 'JSON')}</span>
      <span role="group" aria-label=${t('Start from')}><span class="muted">${t('Start from')}</span> <button type="button" class="small" @click=${() => this.start(item.label)}>${t('the label')}</button>${item.predictionLabel === undefined ? nothing : html`<button type="button" class="small" @click=${() => this.start(item.predictionLabel ?? item.label)}>${t('the prediction')}</button>`}</span></div>
      ${this.view === 'json' ? this.jsonView(item) : this.formView(item)}`;
  }

  private show(view: 'form' | 'json'): void {
    // A text that is no value yet would be lost in the other view: the field keeps it until it is one.
    if (view === 'json' && this.drafts.size > 0) return;
    if (view === 'json' && this.view === 'form') this.writeJson();
    this.view = view;
  }

  private jsonView(item: ReviewItem): TemplateResult {
    return jsonField(this.json, {
      tools: item.tools,
      typed: (text) => this.typed(text),
      suggest: (suggestions: Suggestions | undefined, active: number) => {
        if (suggestions !== this.json.suggestions || active !== this.json.active) this.json = { ...this.json, suggestions, active };
      },
    });
  }

  private typed(text: string): void {
    const read = readLabelDocument(text);
    if (read.ok) this.change(read.label);
    this.json = { ...this.json, text, error: read.ok ? undefined : { message: read.message, ...lineAndColumn(text, read.offset) } };
  }

  private formView(item: ReviewItem): TemplateResult {
    const own = this.draft.kind;
    const at = kinds.findIndex((kind) => kind === own);
    const change = (event: Event): void => {
      const kind = kinds[(event.target as HTMLSelectElement).selectedIndex - (at < 0 ? 1 : 0)];
      if (kind !== undefined) this.toKind(kind, item);
    };
    return html`<label class="kind-label">${t('The right answer is')} <select class="kind-of" @change=${change}>${at < 0 ? html`<option selected>${t('not readable')}</option>` : nothing}${kinds.map((kind) => html`<option ?selected=${kind === own}>${kindWords(kind)}</option>`)}</select></label>
      ${this.kindForm(item)}`;
  }

  private toKind(kind: Writable, item: ReviewItem): void {
    const before = this.written.get(kind);
    this.drafts.clear();
    this.fieldKinds.clear();
    if (before !== undefined) this.change(before);
    else if (kind === 'calls') this.change({ kind, calls: firstCalls(item) });
    else if (kind === 'text') this.change({ kind, text: item.predictionLabel?.kind === 'text' ? item.predictionLabel.text : '' });
    else this.change({ kind });
  }

  private kindForm(item: ReviewItem): TemplateResult | typeof nothing {
    const label = this.draft;
    switch (label.kind) {
      case 'calls': {
        const context: FormContext = { tools: item.tools, drafts: this.drafts, kinds: this.fieldKinds, change: (next) => this.change(next), refresh: () => this.requestUpdate() };
        return html`${callsForm(context, label, 'own')}${alternativesForm(context, label, item.predictionLabel?.kind === 'calls' ? item.predictionLabel.calls : [])}`;
      }
      case 'text':
        return this.textForm(label);
      case 'invalid':
        return html`<p class="muted">${t('The label cannot be read: {0}. Choose what the right answer is.', visibleLine(label.reason, 300))}</p>`;
      case 'trace':
        return html`<p class="muted">${t('The label is an execution trace. Choose what the right answer is.')}</p>`;
      case 'noCall':
      case 'anyCall':
        return nothing;
    }
  }

  private textForm(label: Extract<Label, { kind: 'text' }>): TemplateResult {
    const textKinds = [undefined, 'ask', 'decline', 'answer'] as const;
    const words = [t('as its words tell'), t('asks back'), t('declines'), t('answers')];
    const put = (textKind: TextKind | undefined): void => {
      const { textKind: _, ...rest } = label;
      this.change(textKind === undefined ? rest : { ...rest, textKind });
    };
    const kind = label.textKind;
    return html`<div class="text">
      <textarea rows="4" aria-label=${t('Text of the answer')} .value=${label.text} @input=${(event: Event) => this.change({ ...label, text: (event.target as HTMLTextAreaElement).value })}></textarea>
      <label>${t('The text')} <select @change=${(event: Event) => {
        const chosen = textKinds[(event.target as HTMLSelectElement).selectedIndex];
        put(chosen === undefined ? undefined : { kind: chosen });
      }}>${textKinds.map((each, index) => html`<option ?selected=${each === kind?.kind}>${words[index]}</option>`)}</select></label>
      ${kind?.kind === 'ask' ? html`<label>${t('for the argument')} <input type="text" spellcheck="false" .value=${kind.argument ?? ''} @input=${(event: Event) => {
        const { value } = event.target as HTMLInputElement;
        put(value === '' ? { kind: 'ask' } : { kind: 'ask', argument: value });
      }} /></label>` : nothing}
    </div>`;
  }

  private problems({ tools, label }: ReviewItem): TemplateResult {
    const { result } = this;
    if (result === undefined && this.mode === 'edit') return html`<div class="problems" role="status"><p class="muted">${t('What is written is no label yet.')}</p></div>`;
    const found = labelProblems(result ?? label, tools);
    return html`<div class="problems" role="status">${found.length === 0
      ? html`<p class="muted">${t('Fits the schema of its tools.')}</p>`
      : html`<p><strong>${found.length === 1 ? t('Breaks the schema in 1 place; it can be stored all the same:') : t('Breaks the schema in {0} places; it can be stored all the same:', found.length)}</strong></p><ul>${found.slice(0, 30).map((problem) => html`<li>${visibleLine(problem, 400)}</li>`)}</ul>`}</div>`;
  }

  private buttons(): TemplateResult {
    const stored = this.mode === 'cherryPick' ? html`<kbd>Enter</kbd>` : html`<kbd>Ctrl+Enter</kbd>`;
    return html`<div class="buttons"><button type="button" class="primary store" ?disabled=${this.result === undefined} @click=${() => this.store()}>${stored}${t('Store')}</button><button type="button" class="cancel" @click=${() => this.cancel()}><kbd>Esc</kbd>${t('Cancel')}</button>${this.mode === 'cherryPick' ? html`<span class="muted">${t('Arrow keys move, space takes')}</span>` : nothing}</div>`;
  }
}

function firstCalls({ predictionLabel, tools }: ReviewItem): ToolCall[] {
  if (predictionLabel?.kind === 'calls') return predictionLabel.calls.map((call) => call);
  const [tool] = tools;
  return [tool === undefined ? { name: '', arguments: {} } : startCall(tool)];
}

if (!customElements.get('looptool-label-editor')) customElements.define('looptool-label-editor', LabelEditor);
