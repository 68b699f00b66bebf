import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { rulings } from '../../../src/core/review/decision.ts';
import type { QueueFilter, QueueOrder, QueueSpec } from '../../../src/core/review/queue/queueSpec.ts';
import { queueOrders } from '../../../src/core/review/queue/queueSpec.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import type { Facets, ReviewSnapshot } from '../../../src/protocol/review/messages.ts';
import { selectView } from '../../shared/selectView.ts';
import { t } from '../../shared/words.ts';
import { partStyles } from '../partStyles.ts';
import { rulingWords } from '../sides.ts';
import { facetWords } from '../words.ts';
import { conditions, isToggled, toggled, withCondition, type ListCondition } from './filterChanges.ts';

const DEBOUNCE_MS = 200;
const FEW = 8;

type Facet = Facets['tools'];

/**
 * The queue's filter and order. It says `spec-wanted` (detail: `QueueSpec`), `queue-saved` and `queue-deleted` (detail: name) and
 * `filters-toggled`; what is in force is in `snapshot.spec`.
 */
export class QueueBar extends LitElement {
  static override readonly properties = { snapshot: { attribute: false }, facets: { attribute: false }, open: { type: Boolean }, whole: { state: true }, naming: { state: true } };

  declare snapshot: ReviewSnapshot | undefined;
  declare facets: Facets | undefined;
  declare open: boolean;
  /** Lists that are shown in full. */
  declare private whole: ReadonlySet<string>;
  declare private naming: boolean;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wanted: QueueSpec | undefined;

  constructor() {
    super();
    this.snapshot = undefined;
    this.facets = undefined;
    this.open = false;
    this.whole = new Set();
    this.naming = false;
  }

  override focus(): void {
    this.shadowRoot?.querySelector<HTMLElement>('.search')?.focus();
  }

  protected override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('snapshot')) this.wanted = undefined;
  }

  /** The last one that was asked for: two changes in a row add up before the host has answered. */
  private get spec(): QueueSpec {
    return this.wanted ?? this.snapshot?.spec ?? { filter: { state: 'all' }, order: 'value' };
  }

  protected override render(): TemplateResult | typeof nothing {
    const s = this.snapshot;
    if (!s) return nothing;
    const active = conditions(s.spec.filter);
    return html`<section aria-label=${t('Queue')}>
      <div class="row">
        <vscode-textfield class="search" type="search" .label=${t('Search')} placeholder=${t('Search requests and calls ( / )')} .value=${s.spec.filter.text ?? ''} @input=${this.typed} @change=${this.typed} @keydown=${this.searchKey}></vscode-textfield>
        ${selectView({ name: 'state', label: t('State'), value: s.spec.filter.state, choices: STATES.map((state) => ({ value: state, text: `${stateWords(state)}${this.countOf(state)}` })), onPick: (state) => this.filter({ state }) })}
        ${selectView({ name: 'order', label: t('Order'), value: s.spec.order, choices: queueOrders.map((order) => ({ value: order, text: orderWords(order) })), onPick: (order) => this.want({ order }) })}
        <button class="filters" aria-expanded=${String(this.open)} aria-controls="filters" aria-keyshortcuts="f" @click=${() => this.say('filters-toggled', undefined)}><kbd aria-hidden="true">F</kbd>${active === 0 ? t('Filters') : t('Filters ({0})', active)}</button>
        ${active === 0 && (s.spec.filter.text ?? '') === '' ? nothing : html`<button class="clear" @click=${() => this.want({ filter: { state: 'all' } })}>${t('Clear')}</button>`}
        <span class="spacer"></span>
        ${this.saving(s)}
      </div>
      <div id="filters" ?hidden=${!this.open}>${this.open ? this.panel(s) : nothing}</div>
    </section>`;
  }

  private saving(s: ReviewSnapshot): TemplateResult {
    if (!this.naming) {
      const saved = s.queues.find((q) => JSON.stringify(q.spec) === JSON.stringify(s.spec));
      return html`${saved ? html`<button class="delete" @click=${() => this.say('queue-deleted', saved.name)}>${t('Delete queue “{0}”', visibleLine(saved.name, 30))}</button>` : html`<button class="save" @click=${() => this.startNaming()}>${t('Save queue …')}</button>`}`;
    }
    const done = (event: Event): void => {
      event.preventDefault();
      const name = (this.shadowRoot?.querySelector<HTMLInputElement>('.queue-name')?.value ?? '').trim().slice(0, 80);
      if (name !== '') this.say('queue-saved', name);
      this.naming = false;
    };
    return html`<form class="row" @submit=${done} @keydown=${(e: KeyboardEvent) => { if (e.key === 'Enter') done(e); if (e.key === 'Escape') this.naming = false; }}>
      <vscode-textfield class="queue-name" .label=${t('Name of the queue')} placeholder=${t('Name of the queue')} maxlength="80"></vscode-textfield>
      <button type="submit">${t('Save')}</button><button type="button" @click=${() => (this.naming = false)}>${t('Cancel')}</button>
    </form>`;
  }

  private countOf(state: string): string {
    const count = this.facets?.states.find((v) => v.value === state)?.count;
    return count === undefined ? '' : ` (${count})`;
  }

  private startNaming(): void {
    this.naming = true;
    void this.updateComplete.then(() => this.shadowRoot?.querySelector<HTMLElement>('.queue-name')?.focus());
  }

  private panel(s: ReviewSnapshot): TemplateResult {
    const f = this.facets;
    const mine = s.spec.filter.decidedBy === s.user;
    return html`<div class="groups">
      ${this.list('verdicts', t('Verdict'), f?.verdicts)} ${this.list('kinds', t('Difference'), f?.kinds)} ${this.list('tools', t('Tool'), f?.tools)} ${this.list('rules', t('Rule with a finding'), f?.rules)} ${this.list('outcomes', t('Outcome'), f?.outcomes)} ${this.list('origins', t('Origin'), f?.origins)}
      <fieldset class="rulings"><legend>${t('Decision')}</legend>
        ${rulings.map((r) => this.check(rulingWords(r), isToggled(this.spec.filter, 'rulings', r), () => this.want({ filter: toggled(this.spec.filter, 'rulings', r) })))}
      </fieldset>
      <fieldset><legend>${t('Decided by')}</legend>
        ${this.check(t('me'), mine, () => this.filter({ decidedBy: mine ? undefined : s.user }), 'mine')}
        ${(f?.people ?? []).filter((p) => p.value !== s.user).slice(0, FEW).map((p) => this.check(`${visibleLine(p.value, 40)} (${p.count})`, s.spec.filter.decidedBy === p.value, () => this.filter({ decidedBy: s.spec.filter.decidedBy === p.value ? undefined : p.value })))}
      </fieldset>
      <fieldset><legend>${t('Figures')}</legend>
        ${this.range('ppl', t('Perplexity'), 1)} ${this.range('agreement', t('Agreement of the votes, %'), 100)}
        <div class="range"><span>${t('Share')}</span>${this.number(t('Share: which'), s.spec.filter.share && s.spec.filter.share.index + 1, (n) => this.share(n, undefined))} / ${this.number(t('Share: of how many'), s.spec.filter.share?.of, (n) => this.share(undefined, n))}</div>
      </fieldset>
    </div>`;
  }

  private list(condition: ListCondition, title: string, facet: Facet | undefined): TemplateResult | typeof nothing {
    if (!facet || facet.length === 0) return nothing;
    const all = this.whole.has(condition);
    const shown = all ? facet : facet.filter((v, i) => i < FEW || isToggled(this.spec.filter, condition, v.value));
    return html`<fieldset class=${condition}><legend>${title}</legend>
      ${shown.map((v) => this.check(`${visibleLine(facetWords(v.value), 60)} (${v.count})`, isToggled(this.spec.filter, condition, v.value), () => this.want({ filter: toggled(this.spec.filter, condition, v.value) })))}
      ${all || shown.length === facet.length ? nothing : html`<button class="small" @click=${() => (this.whole = new Set([...this.whole, condition]))}>${t('Show all {0}', facet.length)}</button>`}
    </fieldset>`;
  }

  private check(text: string, on: boolean, change: () => void, name = ''): TemplateResult {
    return html`<label class="check ${name}"><input type="checkbox" .checked=${live(on)} @change=${change} />${text}</label>`;
  }

  private range(condition: 'ppl' | 'agreement', title: string, factor: number): TemplateResult {
    const now = this.spec.filter[condition];
    const set = (end: 'from' | 'to') => (n: number | undefined): void => {
      const other = end === 'from' ? { to: now?.to } : { from: now?.from };
      const next = { ...other, [end]: n === undefined ? undefined : n / factor };
      this.filter({ [condition]: next.from === undefined && next.to === undefined ? undefined : next });
    };
    const shown = (n: number | undefined): number | undefined => (n === undefined ? undefined : Math.round(n * factor * 1000) / 1000);
    return html`<div class="range"><span>${title}</span>${this.number(`${title}: ${t('from')}`, shown(now?.from), set('from'))} – ${this.number(`${title}: ${t('to')}`, shown(now?.to), set('to'))}</div>`;
  }

  private number(label: string, value: number | undefined, set: (n: number | undefined) => void): TemplateResult {
    const changed = (event: Event): void => {
      const text = (event.target as HTMLInputElement).value.trim();
      const n = text === '' ? undefined : Number(text);
      if (n === undefined || Number.isFinite(n)) set(n);
    };
    return html`<vscode-textfield class="number" inputmode="decimal" .label=${label} .value=${value === undefined ? '' : String(value)} @change=${changed}></vscode-textfield>`;
  }

  private share(which: number | undefined, of: number | undefined): void {
    const now = this.spec.filter.share;
    const total = Math.max(1, Math.min(1000, Math.round(of ?? now?.of ?? Math.max(which ?? 1, 2))));
    const index = Math.max(0, Math.min(total, Math.round(which ?? (now ? now.index + 1 : 1))) - 1);
    this.filter({ share: total === 1 ? undefined : { index, of: total } });
  }

  private readonly typed = (event: Event): void => {
    clearTimeout(this.timer);
    const text = (event.target as HTMLInputElement).value;
    this.timer = setTimeout(() => {
      if (text !== (this.spec.filter.text ?? '')) this.filter({ text: text === '' ? undefined : text.slice(0, 1000) });
    }, DEBOUNCE_MS);
  };

  private readonly searchKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') this.say('left', undefined);
  };

  private filter(change: { readonly [K in keyof QueueFilter]?: QueueFilter[K] | undefined }): void {
    this.want({ filter: withCondition(this.spec.filter, change) });
  }

  private want(change: Partial<QueueSpec>): void {
    this.wanted = { ...this.spec, ...change };
    this.say('spec-wanted', this.wanted);
    this.requestUpdate();
  }

  private say(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  static override readonly styles = [
    partStyles,
    css`
      .row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35rem 0.5rem; }
      form.row { margin: 0; }
      .search { width: 18rem; max-width: 100%; flex: 0 1 18rem; }
      .queue-name { width: 12rem; }
      .number { width: 5rem; }
      #filters { max-height: 45vh; overflow: auto; padding-top: 0.5rem; }
      .groups { columns: 15rem; column-gap: 1.25rem; }
      fieldset { border: 0; margin: 0 0 0.6rem; padding: 0; break-inside: avoid; min-width: 0; display: flex; flex-direction: column; align-items: flex-start; gap: 0.1rem; }
      legend { font-weight: 600; padding: 0; margin-bottom: 0.15rem; }
      .range { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem; }
      .range > span { flex-basis: 100%; }
      .check { display: flex; gap: 0.4rem; align-items: baseline; overflow-wrap: anywhere; min-width: 0; }
      .check input { flex: none; margin: 0; accent-color: var(--vscode-focusBorder); translate: 0 0.15em; }
      .check:has(:focus-visible) { outline: 2px solid var(--vscode-focusBorder); }
    `,
  ];
}

const STATES: readonly QueueFilter['state'][] = ['all', 'undecided', 'decided', 'conflict'];

function stateWords(state: QueueFilter['state']): string {
  switch (state) {
    case 'all': return t('All');
    case 'undecided': return t('Undecided');
    case 'decided': return t('Decided');
    case 'conflict': return t('Disagreement');
  }
}

function orderWords(order: QueueOrder): string {
  switch (order) {
    case 'value': return t('Most valuable first');
    case 'cluster': return t('Same mistakes together');
    case 'perplexity': return t('By perplexity');
    case 'file': return t('As in the file');
  }
}
