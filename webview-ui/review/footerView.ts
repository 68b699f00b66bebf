import { html, nothing, type TemplateResult } from 'lit';
import type { ReviewSnapshot } from '../../src/protocol/review/messages.ts';
import { visibleText } from '../../src/core/text/visibleText.ts';
import { t } from '../shared/words.ts';
import { keyName, KEYS, keyShortcut, type KeyBinding } from './keys.ts';
import type { ReviewFlow } from './reviewFlow.ts';
import { rulingOf, sidesOf } from './sides.ts';

const SHOWN: ReadonlySet<string> = new Set(['undo', 'redo', 'apply', 'help', 'note', 'raw', 'open']);

/** The four answers to the question of the page. */
const MAIN: ReadonlySet<string> = new Set(['keepLabel', 'takePrediction', 'bothCorrect', 'bothWrong']);

/** Every decision and the keys that are needed most; the rest is in the cheat sheet. */
export function footerView(flow: ReviewFlow, s: ReviewSnapshot): TemplateResult {
  const decisions = KEYS.filter((k) => k.group === 'decide');
  const moves = KEYS.filter((k) => !k.shift && (SHOWN.has(k.action.kind) || (k.action.kind === 'move' && k.key !== 'ArrowRight')));
  return html`<footer>
    ${flow.view === 'measure' ? nothing : html`<div class="keys" role="group" aria-label=${t('Decide')}>${decisions.map((k) => keyButton(flow, s, k))}</div>`}
    <div class="keys" role="group" aria-label=${t('Move and look')}>${moves.map((k) => keyButton(flow, s, k))}</div>
    <span class="spacer"></span>
    <span class="notice muted" aria-hidden="true">${flow.asking !== '' ? flow.asking : visibleText(flow.notice)}</span>
  </footer>`;
}

/** In calibration the sides have no names: which one is right is all that one says. */
export function keyTitle(binding: KeyBinding, neutral: boolean): string {
  if (neutral && binding.action.kind === 'decide' && binding.action.ruling === 'keepLabel') return t('Left is right');
  if (neutral && binding.action.kind === 'decide' && binding.action.ruling === 'takePrediction') return t('Right is right');
  return t(binding.title);
}

function keyButton(flow: ReviewFlow, s: ReviewSnapshot, k: KeyBinding): TemplateResult {
  const sides = sidesOf(s);
  const ruling = k.action.kind === 'decide' ? rulingOf(sides, k.action.ruling) : undefined;
  const decided = s.item?.decisions.find((d) => d.inForce && d.by === s.user);
  const title = k.action.kind === 'apply' && s.toApply > 0 ? t('Apply {0}', s.toApply) : keyTitle(k, sides.neutral);
  const pressed = ruling === undefined ? (k.action.kind === 'raw' ? String(flow.raw) : nothing) : String(decided?.ruling === ruling);
  const hint = sides.neutral && ruling !== undefined ? title : t(k.hint);
  return html`<button class=${ruling !== undefined && MAIN.has(ruling) ? 'primary' : ''} title=${hint} aria-pressed=${pressed} aria-keyshortcuts=${keyShortcut(k)} ?disabled=${(flow.view !== 'pair' && k.action.kind !== 'help') || isDisabled(k, s, ruling)} @click=${() => flow.act(k.action)}><kbd aria-hidden="true">${keyName(k)}</kbd>${title}</button>`;
}

function isDisabled(k: KeyBinding, s: ReviewSnapshot, ruling: string | undefined): boolean {
  const { item } = s;
  switch (k.action.kind) {
    case 'decide': return !item || (!item.predictionLabel && (ruling === 'takePrediction' || ruling === 'bothCorrect'));
    case 'cherryPick': return !item || item.prediction.calls.length === 0 || s.mode.kind === 'calibration';
    case 'edit': return !item || s.mode.kind === 'calibration';
    case 'note':
    case 'raw':
    case 'open': return !item;
    case 'undo': return !s.canUndo;
    case 'redo': return !s.canRedo;
    case 'apply': return s.toApply === 0;
    default: return false;
  }
}
