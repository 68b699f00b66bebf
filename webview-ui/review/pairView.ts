import { html, nothing, type TemplateResult } from 'lit';
import { visibleLine } from '../../src/core/text/visibleText.ts';
import type { ReviewItem } from '../../src/protocol/review/item.ts';
import type { ReviewSnapshot } from '../../src/protocol/review/messages.ts';
import { t } from '../shared/words.ts';
import { answerView } from './answer/answerView.ts';
import type { ArgumentPlace } from './conversation/sourceMarks.ts';
import type { LabelChosen } from './edit/labelEditor.ts';
import { decisionsView, judgeView } from './judgeView.ts';
import { rawView } from './rawView.ts';
import type { ReviewFlow } from './reviewFlow.ts';
import { rulingWords, sidesOf, type Sides } from './sides.ts';
import { toolsView } from './toolsView.ts';

/** How an argument and its place in the conversation find each other. */
export type Linking = {
  /** The argument that is looked at, on either side of its link. */
  readonly active: ArgumentPlace | undefined;
  readonly pointed: (place: ArgumentPlace | undefined) => void;
  /** To the place in the conversation. */
  readonly toSource: (place: ArgumentPlace) => void;
  /** To the argument in the answers. */
  readonly toArgument: (place: ArgumentPlace) => void;
};

/** One pair: the answers, what stands under them, and the conversation beside. */
export function pairView(flow: ReviewFlow, s: ReviewSnapshot, item: ReviewItem, linking: Linking): TemplateResult {
  const sides = sidesOf(s);
  return html`<main class="pair">
    <div class="column both" tabindex="0" role="region" aria-label=${t('The two answers')}>
      ${requestView(item)} ${answers(flow, item, sides, linking)}
      ${item.similar > 0 ? html`<p class="muted similar">${item.similar === 1 ? t('1 more undecided sample differs in the same way.') : t('{0} more undecided samples differ in the same way.', item.similar)}</p>` : nothing}
      ${noteView(flow, item)} ${judgeView(s, item)} ${decisionsView(item)}
    </div>
    <div class="column context" tabindex="0" role="region" aria-label=${t('Conversation and tools')}>
      <section class="conversation" aria-labelledby="conversation-heading"><h2 id="conversation-heading">${t('Conversation')}</h2>
        <looptool-conversation .messages=${item.messages} .sources=${item.sources} .sides=${sides} .active=${linking.active} @argument-pointed=${(e: CustomEvent<ArgumentPlace | null>) => linking.pointed(e.detail ?? undefined)} @argument-wanted=${(e: CustomEvent<ArgumentPlace>) => linking.toArgument(e.detail)}></looptool-conversation>
      </section>
      ${toolsView(item)}
    </div>
  </main>`;
}

function answers(flow: ReviewFlow, item: ReviewItem, sides: Sides, linking: Linking): TemplateResult {
  if (flow.view === 'edit' || flow.view === 'cherryPick') {
    return html`<looptool-label-editor .item=${item} .mode=${flow.view} @label-chosen=${(e: LabelChosen) => flow.storeLabel(e.detail.label, e.detail.way)} @label-cancelled=${() => flow.set(() => (flow.view = 'pair'))}></looptool-label-editor>`;
  }
  if (flow.raw) return rawView(item, sides);
  try {
    return answerView(item, { swapped: sides.left === 'prediction', neutralNames: sides.neutral, onHover: linking.pointed, onSource: linking.toSource });
  } catch (error) {
    // Whatever a dataset holds: a pair that cannot be laid out is shown as it is, and the review goes on.
    console.warn(error);
    return html`<p class="problem">${t('The two answers could not be compared; here they are as they were written.')}</p>${rawView(item, sides)}`;
  }
}

/** In a narrow column the conversation stands far below: the request is repeated above the answers. */
function requestView(item: ReviewItem): TemplateResult | typeof nothing {
  const request = item.messages.findLast((m) => m.role === 'user');
  return request === undefined ? nothing : html`<p class="request"><span class="muted">${t('user')}:</span> ${visibleLine(request.content, 300)}</p>`;
}

function noteView(flow: ReviewFlow, item: ReviewItem): TemplateResult {
  const decided = item.decisions.some((d) => d.inForce);
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && decided) flow.saveNote();
  };
  return html`<section class="note" aria-labelledby="note-heading"><h2 id="note-heading">${t('Note')}</h2>
    <textarea rows="1" maxlength="10000" aria-labelledby="note-heading" placeholder=${decided ? t('Note on the decision') : t('Is stored with your decision (M)')} .value=${flow.notes.of(item)} @input=${(e: Event) => flow.set(() => flow.notes.type(item.sampleId, (e.target as HTMLTextAreaElement).value))} @keydown=${key}></textarea>
    ${decided && flow.notes.isDraft(item) ? html`<button class="save-note" ?disabled=${flow.busy} @click=${() => flow.saveNote()}>${t('Save note')}</button>` : nothing}
  </section>`;
}

/** After a decision: the others that differ in the same way. */
export function offerView(flow: ReviewFlow, s: ReviewSnapshot): TemplateResult | typeof nothing {
  const { offer } = s;
  if (!offer || offer.count === 0) return nothing;
  return html`<div class="offer" role="status"><span>${offer.count === 1 ? t('1 other sample has the same difference.') : t('{0} others have the same difference.', offer.count)}</span>
    <button @click=${() => flow.act({ kind: 'similar' })}><kbd aria-hidden="true">T</kbd>${t('“{0}” for them too …', rulingWords(offer.ruling))}</button></div>`;
}
