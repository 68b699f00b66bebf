import { html, nothing, type TemplateResult } from 'lit';
import { clippedText, visibleLine, visibleText } from '../../src/core/text/visibleText.ts';
import type { ReviewItem } from '../../src/protocol/review/item.ts';
import type { ReviewSnapshot } from '../../src/protocol/review/messages.ts';
import { t } from '../shared/words.ts';
import { judgeHidden, rulingWords } from './sides.ts';
import { facetWords, verdictWords } from './words.ts';

const LONGEST = 4_000;
type Judgement = NonNullable<ReviewItem['judgement']>;
type Vote = Judgement['votes'][number];

/** What the judge said, and why; in blind mode only that it is hidden. */
export function judgeView(s: ReviewSnapshot, item: ReviewItem): TemplateResult {
  return html`<section class="judge" aria-labelledby="judge-heading"><h2 id="judge-heading">${t('Judge')}</h2>${judgement(s, item)}</section>`;
}

function judgement(s: ReviewSnapshot, item: ReviewItem): TemplateResult {
  if (judgeHidden(s)) return html`<p class="muted hidden-judge">${t('Hidden until you have decided: your ruling shall not lean on the judge’s.')}</p>`;
  const j = item.judgement;
  if (!j) return html`<p class="muted">${s.round === undefined ? t('Nobody has judged this sample. J asks the judge of looptool.json.') : t('Nobody has judged this sample: run the stage “verify”, or press J.')}</p>`;
  return html`<p class="verdict"><strong>${verdictWords(j.verdict)}</strong> <code class="muted">${j.verdict}</code> <span class="muted">${j.votes.every(({ order }) => order === 'none') ? t('by a check, without the judge') : t('{0} of {1} votes', j.agreeing, j.votes.length)}${j.simulated ? `, ${t('simulated')}` : ''}${j.replaced ? `, ${t('label replaced in the next set')}` : ''}</span></p>
    ${j.refused === undefined ? nothing : html`<p class="problem">${t('Not followed: {0}', visibleLine(j.refused, 400))}</p>`}
    ${j.votes.map(voteView)}
    ${item.value ? html`<p class="muted value-reason" title=${visibleText(item.value.reason)}>${t('Chance that the label is wrong: {0} %, rows that stem from it: {1}.', Math.round(item.value.chance * 100), item.value.weight)}</p>` : nothing}`;
}

function orderWords(order: Vote['order']): string {
  switch (order) {
    case 'LP': return t('label first');
    case 'PL': return t('prediction first');
    case 'none': return t('before the judge');
  }
}

function voteView(vote: Vote): TemplateResult {
  return html`<details class="vote" open>
    <summary><span>${vote.third === true ? t('third vote, {0}', orderWords(vote.order)) : orderWords(vote.order)}</span>: <strong>${facetWords(vote.verdict) === vote.verdict ? visibleLine(vote.verdict, 60) : facetWords(vote.verdict)}</strong> <span class="muted">${visibleLine(vote.judge, 60)}${vote.promptVersion === '' ? '' : `, ${visibleLine(vote.promptVersion, 40)}`}</span></summary>
    ${vote.error === undefined ? nothing : html`<p class="problem">${visibleLine(vote.error, 400)}</p>`}
    ${vote.analysis === '' ? nothing : html`<p class="reason">${long(vote.analysis)}</p>`}
    ${vote.approach === '' ? nothing : html`<p class="reason muted">${t('Approach:')} ${long(vote.approach)}</p>`}
  </details>`;
}

function long(text: string): TemplateResult {
  const { text: shown, hidden } = clippedText(text, LONGEST);
  return html`${visibleText(shown)}${hidden === 0 ? nothing : html` <span class="muted">${t('… {0} more characters', hidden)}</span>`}`;
}

/** Who has ruled on the sample before, newest first. */
export function decisionsView(item: ReviewItem): TemplateResult | typeof nothing {
  if (item.decisions.length === 0) return nothing;
  return html`<section class="past" aria-labelledby="past-heading"><h2 id="past-heading">${t('Decisions on this sample')}</h2>
    <table><caption class="visually-hidden">${t('Decisions on this sample')}</caption>
      <thead class="visually-hidden"><tr><th scope="col">${t('Ruling')}</th><th scope="col">${t('Person')}</th><th scope="col">${t('When')}</th><th scope="col">${t('Note')}</th></tr></thead>
      <tbody>${item.decisions.map((d) => html`<tr><td><strong>${rulingWords(d.ruling)}</strong>${d.inForce ? '' : ` (${t('not in force')})`}${passWords(d.pass)}</td><td>${visibleLine(d.by, 60)}</td><td>${day(d.at)}</td><td>${d.note === undefined ? '' : visibleText(clippedText(d.note, LONGEST).text)}</td></tr>`)}</tbody>
    </table>
  </section>`;
}

function passWords(pass: ReviewItem['decisions'][number]['pass']): string {
  switch (pass) {
    case 'first': return '';
    case 'second': return `, ${t('second pass')}`;
    case 'adjudication': return `, ${t('adjudication')}`;
  }
}

function day(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? visibleLine(at, 40) : date.toLocaleString(document.documentElement.lang || undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
