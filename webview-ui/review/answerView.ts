import { html, nothing, type TemplateResult } from 'lit';
import type { Label } from '../../src/core/dataset/sample.ts';
import type { Prediction } from '../../src/core/toolcall/prediction.ts';
import type { ReviewItem, SourceLink } from '../../src/protocol/review/item.ts';
import { clippedText, visibleText } from '../../src/core/text/visibleText.ts';
import { callPairs, type ArgumentRow, type CallPair, type RowState } from './argumentRows.ts';

/** How the page wants an answer shown, and what it does with its links. */
export type AnswerOptions = {
  readonly swapped: boolean;
  readonly neutralNames: boolean;
  readonly onHover?: (link: SourceLink | undefined) => void;
  readonly onSource?: (link: SourceLink) => void;
};

const MARKS: Readonly<Record<RowState, { readonly mark: string; readonly words: string }>> = {
  same: { mark: '', words: 'same' },
  changed: { mark: '≠', words: 'different' },
  missing: { mark: '−', words: 'only in the label' },
  extra: { mark: '+', words: 'only in the prediction' },
};

const LONGEST_VALUE = 20_000;

function longText(text: string): TemplateResult {
  const { text: shown, hidden } = clippedText(text, LONGEST_VALUE);
  return html`<span class="value">${visibleText(shown)}</span>${hidden > 0 ? html`<span class="muted"> … ${hidden} more characters; open the file to see them</span>` : nothing}`;
}

function argumentRow(row: ArgumentRow): TemplateResult {
  const { mark, words } = MARKS[row.state];
  return html`<tr class=${row.state}>
    <th scope="row"><span class="mark" aria-hidden="true">${mark}</span><span class="visually-hidden">${words}:</span> <code>${visibleText(row.name)}</code><span class="schema">${visibleText(row.schema)}</span></th>
    <td class="label">${row.label === undefined ? html`<span class="muted">absent</span>` : longText(row.label)}</td>
    <td class="prediction">${row.prediction === undefined ? html`<span class="muted">absent</span>` : longText(row.prediction)}${row.remarks.map((r) => html`<span class="remark">${visibleText(r)}</span>`)}</td>
  </tr>`;
}

function callTable(pair: CallPair, index: number): TemplateResult {
  const side = (name: string | undefined): TemplateResult => (name === undefined ? html`<span class="muted">no such call</span>` : html`<code>${visibleText(name)}</code>`);
  const nameState: RowState = pair.title.label === undefined ? 'extra' : pair.title.prediction === undefined ? 'missing' : pair.title.label === pair.title.prediction ? 'same' : 'changed';
  return html`<table class="call">
    <caption>Call ${index + 1}: ${MARKS[pair.state].words}</caption>
    <colgroup><col class="name" /><col /><col /></colgroup>
    <thead><tr><th scope="col">Argument</th><th scope="col">Label</th><th scope="col">Prediction</th></tr></thead>
    <tbody>
      <tr class=${nameState}><th scope="row"><span class="mark" aria-hidden="true">${MARKS[nameState].mark}</span> tool</th><td class="label">${side(pair.title.label)}</td><td class="prediction">${side(pair.title.prediction)}</td></tr>
      ${pair.rows.map(argumentRow)}
    </tbody>
  </table>`;
}

const labelText = (label: Label): string => {
  switch (label.kind) {
    case 'text': return label.text;
    case 'noCall': return 'any answer without a call';
    case 'anyCall': return 'any call';
    case 'trace': return 'an execution trace';
    case 'invalid': return label.raw;
    case 'calls': return '';
  }
};

const labelCalls = (label: Label): Prediction['calls'] => (label.kind === 'calls' ? label.calls : []);

function sideText(text: string, calls: number, kind: string): TemplateResult {
  if (text !== '') return longText(text);
  return html`<span class="muted">${calls > 0 ? `${calls} call${calls === 1 ? '' : 's'}, see below` : kind}</span>`;
}

/** Label left, prediction right: the text of both where either has one, then the calls argument by argument. */
export function answerView(item: ReviewItem, _options: AnswerOptions): TemplateResult {
  const expected = labelCalls(item.label);
  const got = item.prediction.calls;
  const text = labelText(item.label);
  const withText = text !== '' || item.prediction.text !== '' || expected.length === 0 || got.length === 0;
  return html`<section class="answer" aria-label="Label and prediction">
    ${withText
      ? html`<table class="call">
          <colgroup><col class="name" /><col /><col /></colgroup>
          <thead><tr><th scope="col">Answer</th><th scope="col">Label</th><th scope="col">Prediction</th></tr></thead>
          <tbody><tr class=${text === item.prediction.text && expected.length === 0 && got.length === 0 ? 'same' : 'changed'}>
            <th scope="row">text</th>
            <td class="label">${sideText(text, expected.length, item.label.kind)}</td>
            <td class="prediction">${sideText(item.prediction.text, got.length, item.prediction.kind)}</td>
          </tr></tbody>
        </table>`
      : nothing}
    ${callPairs(expected, got, item.comparison, item.tools).map(callTable)}
    ${item.predictionLabel ? nothing : html`<p class="problem">The prediction is no complete answer (${item.prediction.kind}); it cannot become the label.</p>`}
  </section>`;
}
