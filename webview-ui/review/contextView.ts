import { html, nothing, type TemplateResult } from 'lit';
import type { Message, ToolDefinition } from '../../src/core/dataset/sample.ts';
import type { ReviewItem } from '../../src/protocol/reviewMessages.ts';
import { clippedText, visibleText } from '../../src/core/text/visibleText.ts';
import { valueText } from './argumentRows.ts';

const LONGEST_TURN = 8_000;

function turnText(message: Message): string {
  if (message.role !== 'assistant' || message.calls.length === 0) return message.content;
  const calls = message.calls.map((c) => `${c.name}(${valueText(c.arguments)})`).join('\n');
  return message.content === '' ? calls : `${message.content}\n${calls}`;
}

function turn(message: Message): TemplateResult {
  const { text, hidden } = clippedText(turnText(message), LONGEST_TURN);
  return html`<div class="turn"><span class="role">${message.role}</span><pre>${visibleText(text)}${hidden > 0 ? ` … ${hidden} more characters` : ''}</pre></div>`;
}

export function conversationView(item: ReviewItem): TemplateResult {
  return html`<section aria-label="Conversation"><h2>Conversation</h2>${item.messages.map(turn)}</section>`;
}

function toolView(tool: ToolDefinition, open: boolean): TemplateResult {
  return html`<details ?open=${open}>
    <summary><code>${visibleText(tool.name)}</code> ${tool.description === undefined ? nothing : html`<span class="muted">${visibleText(tool.description)}</span>`}</summary>
    <pre>${tool.parameters === undefined ? 'no parameters' : visibleText(clippedText(valueText(tool.parameters), LONGEST_TURN).text)}</pre>
  </details>`;
}

/** Tools of either side first and the rest after them; schemas open on demand. */
export function toolsView(item: ReviewItem): TemplateResult {
  const used = new Set([...(item.label.kind === 'calls' ? item.label.calls : []), ...item.prediction.calls].map((c) => c.name));
  const ordered = [...item.tools].sort((a, b) => Number(used.has(b.name)) - Number(used.has(a.name)));
  return html`<section aria-label="Tools"><h2>Tools</h2>${ordered.map((t) => toolView(t, false))}</section>`;
}

const VERDICT_WORDS: Readonly<Record<string, string>> = {
  PRED_WRONG: 'the prediction is wrong',
  LABEL_WRONG: 'the label is wrong',
  BOTH_CORRECT: 'both are correct',
  BOTH_WRONG: 'both are wrong',
  NO_CONSENSUS: 'no agreement',
};

export function judgeView(item: ReviewItem): TemplateResult {
  const j = item.judgement;
  if (!j) return html`<section aria-label="Judge"><h2>Judge</h2><p class="muted">Not judged yet: run the stage “verify”.</p></section>`;
  return html`<section aria-label="Judge"><h2>Judge</h2>
    <div class="judge">
      <p><strong>${j.verdict}</strong>: ${VERDICT_WORDS[j.verdict]} <span class="muted">(${j.agreeing} of ${j.votes} votes, ${visibleText(j.judge)}${j.simulated ? ', simulated' : ''}${j.replaced ? ', label replaced in the next set' : ''})</span></p>
      ${j.analysis === '' ? nothing : html`<p>${visibleText(clippedText(j.analysis, LONGEST_TURN).text)}</p>`}
      ${j.approach === '' ? nothing : html`<p class="muted">${visibleText(clippedText(j.approach, LONGEST_TURN).text)}</p>`}
    </div>
  </section>`;
}
