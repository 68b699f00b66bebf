import { html, nothing, type TemplateResult } from 'lit';
import { alignAnswers, type AlignedAlternative, type AlignedAnswers, type SideFacts } from '../../../src/core/review/answer/alignAnswers.ts';
import type { AlignedCall, AlignedRow, RowState } from '../../../src/core/review/answer/alignedRow.ts';
import { toolTable } from '../../../src/core/schema/toolTable.ts';
import { jsonType } from '../../../src/core/toolcall/differences.ts';
import { visibleLine, visibleText } from '../../../src/core/text/visibleText.ts';
import type { ReviewItem, SideFinding } from '../../../src/protocol/review/item.ts';
import { t } from '../../shared/words.ts';
import { sidesOf, type AnswerOptions, type Side } from './answerOptions.ts';
import { pathText } from './pathText.ts';
import { acceptableView, schemaView, toolView, unusedView } from './schemaView.ts';
import { linksOf, linkView } from './sourceLinks.ts';
import { dataText, partsView, valueView } from './valueView.ts';

const mostUnfolded = 3;

/** One item keeps its alignment for as long as it is shown: the page renders far more often than it moves on. */
const aligned = new WeakMap<ReviewItem, AlignedAnswers>();

export function alignedItem(item: ReviewItem): AlignedAnswers {
  const known = aligned.get(item);
  if (known !== undefined) return known;
  const made = alignAnswers(item.label, item.prediction, item.comparison, item.tools);
  aligned.set(item, made);
  return made;
}

type View = { readonly item: ReviewItem; readonly options: AnswerOptions; readonly sides: readonly [Side, Side]; readonly names: Readonly<Record<Side, string>>; readonly shownFindings: Set<SideFinding>; /** There are many calls: those that are equal show their arguments on demand. */ readonly folds: boolean };

/**
 * Label and prediction side by side, argument by argument. Give the shell `answerStyles`; the item has to be the same object
 * from one rendering to the next, or it is aligned again.
 */
export function answerView(item: ReviewItem, options: AnswerOptions): TemplateResult {
  const answers = alignedItem(item);
  const sides = sidesOf(options);
  const names = options.neutralNames
    ? { [sides[0]]: t('Side A'), [sides[1]]: t('Side B') }
    : { label: t('Label'), prediction: t('Prediction') };
  // Both sides are keys of it either way.
  const view: View = { item, options, sides, names: names as Record<Side, string>, shownFindings: new Set(), folds: answers.calls.length > mostUnfolded };
  const bodies = [textBody(view, answers), ...callsInOrder(view, answers.calls).map((call, index) => callBody(view, call, index))];
  return html`<section class="answer" aria-label=${t('Label and prediction')}>
    ${remarksView(view, answers.remarks)}
    <table class="answers" role="table">
      <caption class="visually-hidden">${t('Both answers, argument by argument; unequal rows say how they differ')}</caption>
      <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col" class="what">${t('Argument')}</th>${sides.map((side) => html`<th role="columnheader" scope="col">${view.names[side]} <span class="side-kind">${sideWords(answers.sides[side])}</span></th>`)}</tr></thead>
      ${bodies}
    </table>
    ${options.neutralNames ? nothing : alternativesView(view, answers)}
    ${leftFindings(view)}
  </section>`;
}

/** In the order of the left side where nobody may know which side is the label: the label's order would tell. */
function callsInOrder({ options, sides, item }: View, calls: readonly AlignedCall[]): readonly AlignedCall[] {
  if (!options.neutralNames || sides[0] === 'label') return calls;
  const place = (call: AlignedCall): number => call.predictionIndex ?? Infinity;
  return [...calls].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b))).map((call) => {
    const keys = Object.keys(item.prediction.calls[call.predictionIndex ?? -1]?.arguments ?? {});
    const at = ({ predictionPath, state }: AlignedRow): number => (state === 'missing' && predictionPath.length === 1 ? keys.length : keys.indexOf(String(predictionPath[0])));
    return { ...call, rows: [...call.rows].sort((a, b) => at(a) - at(b)) };
  });
}

function remarksView({ options }: View, remarks: readonly string[]): TemplateResult | typeof nothing {
  return remarks.length === 0 || options.neutralNames ? nothing : html`<p class="remark whole">${visibleText(remarks.join('; '))}</p>`;
}

function sideWords(facts: SideFacts): string {
  switch (facts.kind) {
    case 'calls':
      return facts.count === 1 ? t('1 call') : t('{0} calls', facts.count);
    case 'text':
      return textKindWords(facts);
    case 'noCall':
      return t('any answer without a call is right');
    case 'anyCall':
      return t('any call is right');
    case 'trace':
      return t('an execution trace: nothing is held against it');
    case 'invalid':
      return t('cannot be read: {0}', visibleLine(facts.reason ?? '', 200));
    case 'empty':
      return t('empty: the model answered nothing');
    case 'truncated':
      return t('cut off before its end');
    case 'broken':
      return t('not readable: {0}', visibleLine(facts.warnings.join('; '), 300));
  }
}

function textKindWords({ textKind }: Extract<SideFacts, { kind: 'text' }>): string {
  switch (textKind?.kind) {
    case undefined:
      return t('text');
    case 'ask':
      return textKind.argument === undefined ? t('text that asks back') : t('text that asks for {0}', visibleLine(textKind.argument, 60));
    case 'decline':
      return t('text that declines');
    case 'answer':
      return t('text that answers');
  }
}

/** Sign and words of a state: the sign for the eye, the words for a screen reader. */
function stateWords(state: RowState, { names }: View): { readonly sign: string; readonly words: string } {
  switch (state) {
    case 'same':
      return { sign: '', words: t('same') };
    case 'forgiven':
      return { sign: '≈', words: t('different, but it does not count') };
    case 'changed':
      return { sign: '≠', words: t('different') };
    case 'type':
      return { sign: '≠ᵗ', words: t('another type') };
    case 'order':
      return { sign: '⇅', words: t('another order') };
    case 'missing':
      return { sign: '−', words: t('only in: {0}', names.label) };
    case 'added':
      return { sign: '+', words: t('only in: {0}', names.prediction) };
  }
}

function stateView(state: RowState, view: View): TemplateResult {
  const { sign, words } = stateWords(state, view);
  const drawn = view.options.neutralNames && (state === 'missing' || state === 'added') ? '±' : sign;
  return html`<span class="mark" aria-hidden="true" title=${words}>${drawn}</span><span class="visually-hidden">${words}: </span>`;
}

function textBody(view: View, { text, sides }: AlignedAnswers): TemplateResult | typeof nothing {
  const bare = (side: Side): boolean => sides[side].kind !== 'calls' && sides[side].kind !== 'text';
  if (text === undefined && !bare('label') && !bare('prediction')) return nothing;
  const state = text?.state ?? 'same';
  const cell = (side: Side, index: number): TemplateResult => {
    const own = text?.[side];
    const inner = own === undefined
      ? html`<span class="muted absent">${sides[side].kind === 'calls' ? t('no text beside its calls') : sideWords(sides[side])}</span>`
      : text?.parts === undefined ? dataText(own) : partsView(text.parts, side, index === 0, false);
    return sideCell(view, side, index, inner);
  };
  return html`<tbody role="rowgroup" class="text ${state}"><tr role="row" class=${state}>
    <th role="rowheader" scope="row" class="what">${stateView(state, view)}${t('text')}</th>${view.sides.map(cell)}
  </tr></tbody>`;
}

function sideCell(view: View, side: Side, index: number, inner: unknown): TemplateResult {
  return html`<td role="cell" class="side ${side} ${index === 0 ? 'left' : 'right'}" data-side=${view.names[side]}>${inner}</td>`;
}

function callBody(view: View, call: AlignedCall, index: number): TemplateResult {
  const tool = toolTable(view.item.tools).find(call.name.label ?? call.name.prediction ?? '')?.tools[0];
  const nameCell = (side: Side, column: number): TemplateResult => {
    const name = call.name[side];
    const at = side === 'label' ? call.labelIndex : call.predictionIndex;
    return sideCell(view, side, column, html`${name === undefined
      ? html`<span class="muted absent">${t('no such call')}</span>`
      : html`<code class="tool">${callNumber(at, view)}${column === 0 && call.name.state === 'changed' ? html`<del>${visibleLine(name, 300)}</del>` : call.name.state === 'changed' ? html`<ins>${visibleLine(name, 300)}</ins>` : visibleLine(name, 300)}</code>`}${at === undefined ? nothing : findingsView(view, side, at, undefined)}${column === 1 ? rowRemarks(view, call.name.remarks) : nothing}`);
  };
  const seen = new Map<Side, Set<string>>([['label', new Set()], ['prediction', new Set()]]);
  const folds = view.folds && call.state === 'same' && !hasFindings(view, call);
  return html`<tbody role="rowgroup" class="call ${call.state}${folds ? ' folds' : ''}">
    <tr role="row" class="call-name ${call.name.state}">
      <th role="rowheader" scope="row" class="what">${stateView(call.state, view)}<span class="call-title">${t('Call {0}', index + 1)}</span>${movedView(call, view)} ${toolView(tool)}${folds ? html` <label class="fold"><input type="checkbox">${t('arguments')}</label>` : nothing}</th>${view.sides.map(nameCell)}
    </tr>
    ${call.rows.map((row) => rowView(view, call, row, seen))}
    ${call.unused.length === 0 ? nothing : html`<tr role="row" class="rest"><td role="cell" colspan="3">${unusedView(call.unused)}</td></tr>`}
  </tbody>`;
}

function hasFindings({ item }: View, { labelIndex, predictionIndex }: AlignedCall): boolean {
  return item.labelFindings.some(({ call }) => call !== undefined && call === labelIndex) || item.predictionFindings.some(({ call }) => call !== undefined && call === predictionIndex);
}

function callNumber(at: number | undefined, { item }: View): TemplateResult | typeof nothing {
  const many = (item.label.kind === 'calls' && item.label.calls.length > 1) || item.prediction.calls.length > 1;
  return at === undefined || !many ? nothing : html`<span class="number">${at + 1}.</span> `;
}

function movedView({ moved, labelIndex, predictionIndex }: AlignedCall, { sides }: View): TemplateResult | typeof nothing {
  if (!moved || labelIndex === undefined || predictionIndex === undefined) return nothing;
  const [from, to] = sides[0] === 'label' ? [labelIndex, predictionIndex] : [predictionIndex, labelIndex];
  return html` <span class="moved" title=${t('The order of parallel calls carries no meaning')}><span aria-hidden="true">⇄</span> ${t('place {0} to {1}', from + 1, to + 1)}</span>`;
}

function rowView(view: View, call: AlignedCall, row: AlignedRow, seen: ReadonlyMap<Side, Set<string>>): TemplateResult {
  const cell = (side: Side, index: number): TemplateResult => {
    const value = row[side];
    const at = side === 'label' ? call.labelIndex : call.predictionIndex;
    const argument = String((side === 'label' ? row.path : row.predictionPath)[0] ?? '');
    // Findings on an argument stand at its first row.
    const first = seen.get(side)?.has(argument) !== true && value !== undefined;
    if (first) seen.get(side)?.add(argument);
    const inner = value === undefined ? html`<span class="muted absent">${t('absent')}</span>` : valueOf(row, side, index);
    return sideCell(view, side, index, html`${inner}${at === undefined || value === undefined ? nothing : linksOf(view.item.sources, side, at, row).map((link) => linkView(link, view.options))}${side === 'label' && !view.options.neutralNames ? acceptableView(row) : nothing}${first && at !== undefined ? findingsView(view, side, at, argument) : nothing}${index === 1 ? rowRemarks(view, row.remarks) : nothing}`);
  };
  return html`<tr role="row" class="argument ${row.state} ${row.severity ?? ''} ${row.path.length > 1 || row.cover !== undefined ? 'nested' : ''}">
    <th role="rowheader" scope="row" class="what">${stateView(row.state, view)}${pathText(row)}${schemaView(row.schema, row.path.length === 1)}${stateNote(row)}</th>${view.sides.map(cell)}
  </tr>`;
}

const longestFolded = 200;

function valueOf(row: AlignedRow, side: Side, index: number): TemplateResult {
  const value = row[side] ?? null;
  if (row.parts !== undefined) return partsView(row.parts, side, index === 0, true);
  const inner = valueView(value);
  if (row.state === 'same' && row.cover !== undefined) return html`<details class="folded"><summary class="muted">${t('same')}</summary>${inner}</details>`;
  if (row.state === 'same' && typeof value === 'string' && value.length > longestFolded) return html`<details class="folded"><summary>${visibleLine(JSON.stringify(value), longestFolded)}</summary>${inner}</details>`;
  if (row.state === 'same' || row.state === 'forgiven') return inner;
  return index === 0 ? html`<del>${inner}</del>` : html`<ins>${inner}</ins>`;
}

/** The comparer's words repeat what the eye sees, so they are for screen readers and the tooltip; they name the sides, so nobody gets them who may not know which is which. */
function rowRemarks({ options }: View, remarks: readonly string[]): TemplateResult | typeof nothing {
  return remarks.length === 0 || options.neutralNames ? nothing : html`<span class="visually-hidden">${visibleText(remarks.join('; '))}</span>`;
}

/** What the eye does not see at once. */
function stateNote({ state, severity, label, prediction }: AlignedRow): TemplateResult | typeof nothing {
  const note = (text: string): TemplateResult => html`<span class="remark">${text}</span>`;
  if (state === 'forgiven') return note(t('does not count'));
  if (state === 'order') return note(t('the same members in another order'));
  if (label === undefined || prediction === undefined) return nothing;
  const [left, right] = [jsonType(label), jsonType(prediction)];
  if (state === 'type' || (state === 'changed' && left !== right)) return note(t('{0} against {1}', left, right));
  return state === 'changed' && severity === 'warning' ? note(t('differs in form only')) : nothing;
}

function findingsView(view: View, side: Side, call: number, argument: string | undefined): TemplateResult | typeof nothing {
  const list = (side === 'label' ? view.item.labelFindings : view.item.predictionFindings).filter((finding) => finding.call === call && finding.argument === argument);
  if (list.length === 0) return nothing;
  for (const finding of list) view.shownFindings.add(finding);
  return html`<ul class="findings">${list.map(findingView)}</ul>`;
}

function findingView({ rule, severity, message }: SideFinding): TemplateResult {
  return html`<li class="finding ${severity}"><span class="severity">${severityWords(severity)}</span> ${visibleLine(message, 600)} <code class="muted">${visibleLine(rule, 80)}</code></li>`;
}

function severityWords(severity: SideFinding['severity']): string {
  switch (severity) {
    case 'error':
      return t('error');
    case 'warning':
      return t('warning');
    default:
      return t('note');
  }
}

/** Findings that belong to no row that is shown. */
function leftFindings(view: View): TemplateResult | typeof nothing {
  const left = view.sides.flatMap((side) => (side === 'label' ? view.item.labelFindings : view.item.predictionFindings).filter((finding) => !view.shownFindings.has(finding)).map((finding) => ({ side, finding })));
  if (left.length === 0) return nothing;
  return html`<ul class="findings all" aria-label=${t('Findings on the answers as a whole')}>${left.map(({ side, finding }) => html`<li class="finding ${finding.severity}"><strong>${view.names[side]}</strong> <span class="severity">${severityWords(finding.severity)}</span> ${visibleLine(finding.message, 600)} <code class="muted">${visibleLine(finding.rule, 80)}</code></li>`)}</ul>`;
}

function alternativesView(view: View, answers: AlignedAnswers): TemplateResult | typeof nothing {
  if (answers.alternatives.length === 0 && answers.hiddenAlternatives === 0) return nothing;
  const one = (alternative: AlignedAlternative): TemplateResult => html`<details class="alternative" ?open=${alternative.index === answers.nearest}>
    <summary>${t('Alternative {0}', alternative.index + 1)}: ${alternative.differences === 0 ? t('equal to the prediction') : t('{0} differences', alternative.differences)}${alternative.index === answers.nearest ? html` <strong>${t('nearest')}</strong>` : nothing}</summary>
    <table class="answers" role="table"><caption class="visually-hidden">${t('Alternative {0}', alternative.index + 1)}</caption>${alternative.calls.map((call, index) => callBody({ ...view, item: bare(view.item) }, call, index))}</table>
  </details>`;
  return html`<div class="alternatives"><h3>${t('Other answers that count as right')}</h3>${answers.alternatives.map(one)}${answers.hiddenAlternatives > 0 ? html`<p class="muted">${t('and {0} more', answers.hiddenAlternatives)}</p>` : nothing}</div>`;
}

/** Findings and sources are those of the label itself and not of its alternatives. */
function bare(item: ReviewItem): ReviewItem {
  return { ...item, labelFindings: [], predictionFindings: [], sources: [] };
}
