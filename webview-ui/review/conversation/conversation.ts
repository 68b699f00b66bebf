import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Message } from '../../../src/core/dataset/sample.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { visibleText } from '../../../src/core/text/visibleText.ts';
import type { SourceLink } from '../../../src/protocol/review/item.ts';
import { t } from '../../shared/words.ts';
import { partStyles } from '../partStyles.ts';
import { sideLetter, sideName, type Sides } from '../sides.ts';
import { pathText, samePlace, textPieces, type ArgumentPlace, type TextPiece } from './sourceMarks.ts';

/** Characters of a turn that are shown at first; a person asked for the whole of it gets this many. */
const SHORT = 1_500;
const WHOLE = 200_000;

const NO_SIDES: Sides = { left: 'label', right: 'prediction', neutral: false };

/**
 * The turns before the answer. Values that arguments come from are marked; `active` marks those of one argument. A mark that
 * is pointed at or focused says so by `argument-pointed` (detail: `ArgumentPlace` or null), one that is pressed by `argument-wanted`.
 */
export class Conversation extends LitElement {
  static override readonly properties = { messages: { attribute: false }, sources: { attribute: false }, sides: { attribute: false }, active: { attribute: false }, open: { state: true } };

  declare messages: readonly Message[];
  declare sources: readonly SourceLink[];
  declare sides: Sides;
  declare active: ArgumentPlace | undefined;
  declare private open: ReadonlySet<number>;

  constructor() {
    super();
    this.messages = [];
    this.sources = [];
    this.sides = NO_SIDES;
    this.active = undefined;
    this.open = new Set();
  }

  protected override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('messages')) this.open = new Set();
  }

  /** Scrolls to where a value of the argument stands, opening its turn; false where it stands nowhere. */
  async show(place: ArgumentPlace): Promise<boolean> {
    const index = this.sources.findIndex((s) => s.message !== undefined && s.start !== undefined && samePlace(s, place));
    const source = this.sources[index];
    if (source?.message === undefined) return false;
    this.active = place;
    if ((source.start ?? 0) >= SHORT) this.open = new Set([...this.open, source.message]);
    await this.updateComplete;
    const mark = [...(this.shadowRoot?.querySelectorAll<HTMLElement>('mark') ?? [])].find((m) => (m.dataset['links'] ?? '').split(' ').includes(String(index)));
    mark?.scrollIntoView({ block: 'center', behavior: 'instant' });
    return mark !== undefined;
  }

  /** Brings the last request into sight, where the conversation is longer than the column that it scrolls in. */
  async showRequest(column: HTMLElement | null): Promise<void> {
    await this.updateComplete;
    const last = [...(this.shadowRoot?.querySelectorAll('li.user') ?? [])].at(-1);
    if (!last || !column || column.scrollHeight <= column.clientHeight) return;
    const below = last.getBoundingClientRect().bottom - column.getBoundingClientRect().bottom;
    // The beginning of a request that is longer than the column is worth more than its end.
    const above = last.getBoundingClientRect().top - column.getBoundingClientRect().top;
    if (below > 0) column.scrollTop += Math.min(below + 8, above);
  }

  protected override render(): TemplateResult {
    return html`<ol>${this.messages.map((m, i) => this.turn(m, i))}</ol>`;
  }

  private turn(message: Message, index: number): TemplateResult {
    const limit = this.open.has(index) ? WHOLE : SHORT;
    const { content } = message;
    const hidden = content.length - Math.min(content.length, limit);
    return html`<li class=${message.role}>
      <span class="role">${roleWords(message)}</span>
      <div class="said">
        ${message.role === 'tool' && message.name !== undefined ? html`<code class="muted">${visibleText(message.name)}</code>` : nothing}
        ${content === '' ? nothing : html`<pre>${textPieces(content, index, this.sources, limit).map((p) => this.piece(p))}</pre>`}
        ${hidden === 0 ? nothing : html`<p class="muted">${limit === SHORT ? html`<button class="small" @click=${() => (this.open = new Set([...this.open, index]))}>${t('Show all ({0} more characters)', hidden)}</button>` : t('{0} more characters: open the file to see them.', hidden)}</p>`}
        ${message.role === 'assistant' ? message.calls.map((c) => html`<pre class="call"><strong>${visibleText(c.name)}</strong> ${visibleText(cut(stringifyJson(c.arguments, 1)))}</pre>`) : nothing}
      </div>
    </li>`;
  }

  private piece(piece: TextPiece): TemplateResult {
    const text = visibleText(piece.text);
    const links = piece.links.flatMap((i) => this.sources[i] ?? []);
    const [first] = links;
    if (!first) return html`${text}`;
    const sides = [this.sides.left, this.sides.right].filter((s) => links.some((l) => l.side === s));
    // By where a side stands, not by what it is: in calibration nothing may tell.
    const places = sides.map((s) => (s === this.sides.left ? 'left' : 'right'));
    const active = this.active !== undefined && links.some((l) => this.active && samePlace(l, this.active));
    const names = links.map((l) => `${sideName(this.sides, l.side)} ${visibleText(pathText(l.path))}`).join(', ');
    return html`<mark class="${places.join(' ')} ${active ? 'active' : ''}" data-links=${piece.links.join(' ')} role="button" tabindex="0" title=${names}
      @pointerenter=${() => this.point(first)} @pointerleave=${() => this.point(undefined)} @focus=${() => this.point(first)} @blur=${() => this.point(undefined)}
      @click=${() => this.want(first)} @keydown=${(e: KeyboardEvent) => this.pressed(e, first)}>${text}<span class="side" aria-hidden="true">${sides.map((s) => sideLetter(this.sides, s)).join('')}</span><span class="visually-hidden"> (${names})</span></mark>`;
  }

  private pressed(event: KeyboardEvent, place: ArgumentPlace): void {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    this.want(place);
  }

  private point(place: ArgumentPlace | undefined): void {
    this.dispatchEvent(new CustomEvent('argument-pointed', { detail: place ?? null }));
  }

  private want(place: ArgumentPlace): void {
    this.dispatchEvent(new CustomEvent('argument-wanted', { detail: place }));
  }

  static override readonly styles = [
    partStyles,
    css`
      ol { list-style: none; margin: 0; padding: 0; }
      li { display: grid; grid-template-columns: 5.5em minmax(0, 1fr); gap: 0.6rem; padding: 0.3rem 0; }
      li + li { border-top: 1px solid var(--lt-line); }
      .role { color: var(--vscode-descriptionForeground); overflow-wrap: anywhere; }
      p { margin: 0.2rem 0; }
      .call { color: var(--vscode-descriptionForeground); }
      mark { color: inherit; background: var(--lt-mark); border-radius: 2px; cursor: pointer; text-underline-offset: 0.2em; text-decoration: underline 2px; }
      /* The sides are told apart by the line and by a letter, and by colour where there is one. */
      mark.left { text-decoration-style: solid; text-decoration-color: var(--lt-removed-line); }
      mark.right { text-decoration-style: dashed; text-decoration-color: var(--lt-added-line); }
      mark.left.right { text-decoration-style: double; text-decoration-color: currentColor; }
      mark.active { outline: 2px solid var(--vscode-focusBorder); outline-offset: 1px; }
      .side { font-size: 0.7em; font-weight: 700; vertical-align: super; padding-left: 0.1em; user-select: none; }
      @container (max-width: 26rem) { li { grid-template-columns: minmax(0, 1fr); gap: 0; } }
    `,
  ];
}

function cut(text: string): string {
  return text.length > SHORT ? `${text.slice(0, SHORT)} …` : text;
}

function roleWords(message: Message): string {
  switch (message.role) {
    case 'system': return t('system');
    case 'user': return t('user');
    case 'assistant': return t('assistant');
    case 'tool': return t('tool');
  }
}
