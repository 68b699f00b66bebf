import type { Label } from '../../../core/dataset/sample.ts';
import type { Decision, DecisionOperation, DecisionWay, ReviewRuling } from '../../../core/review/decision.ts';
import type { HostMessage, ReviewRequest, ReviewSnapshot } from '../../../protocol/review/messages.ts';
import { bulkDecisions, previewOf, type Preview } from './bulk.ts';
import { noAnswerText, ReviewRefusal, storedText } from './reviewTexts.ts';
import { decisionOf, labelProblems, ruled, ruledByLabel, type Ruled } from './ruledLabel.ts';
import type { SessionState } from './sessionState.ts';

type Request<T extends ReviewRequest['type']> = Extract<ReviewRequest, { readonly type: T }>;
/** Decisions one at a time and many at once, taken back and put back. Each function answers one request. */
export type Answer = Exclude<HostMessage, ReviewSnapshot> | ReviewSnapshot;

export async function decide(state: SessionState, request: Request<'decide'> | Request<'edit'>): Promise<Answer> {
  const { say, queue } = state;
  await state.syncSource();
  const shown = await state.pairFor(request.sampleId, request.labelHash);
  if (request.type === 'edit') refuseLabel(state, request.label, request.way);
  const result: Ruled = request.type === 'edit' ? ruledByLabel(shown.pair, request.label) : ruled(shown.pair, request.ruling);
  if (result.kind === 'none') throw new ReviewRefusal(noAnswerText(say));
  const problems = labelProblems(result.label, shown.pair.sample.tools);
  if (problems.length > 0 && request.confirmed !== true) return { type: 'confirm', requestId: request.requestId, problems };
  const decision = singleDecision(state, shown, result, request, problems.length > 0);
  const wasDecided = queue.isDecided(request.sampleId);
  const place = queue.placeOf(request.sampleId);
  const after = nextPlace(state, place, wasDecided);
  // Read while the decision is written: it is shown only when that is done.
  const ahead = queue.itemAt(after);
  if (ahead !== undefined) void state.pairs.get(ahead).catch(() => undefined);
  await state.append([decision]);
  if (place >= 0) queue.moveTo(nextPlace(state, place, wasDecided));
  const offer = offerFor(state, decision);
  return state.snapshot({ announcement: storedText(decision.ruling, say), ...(offer === undefined ? {} : { offer }) });
}

/** Who works through what is undecided goes on to what is undecided; who looks at decided pairs again goes on to the next one. */
function nextPlace({ queue }: SessionState, place: number, wasDecided: boolean): number {
  return wasDecided && queue.spec.filter.state !== 'undecided' ? place + 1 : queue.undecidedFrom(place + 1);
}

function refuseLabel(state: SessionState, label: Label, way: 'single' | 'cherryPick'): void {
  if (label.kind === 'invalid' || label.kind === 'trace') throw new ReviewRefusal(state.say('This is no label that can be stored. Give calls, a text, or no call.'));
  if (way === 'cherryPick' && state.queue.rules.looksAtEach && state.queue.mode.kind !== 'adjudication')
    throw new ReviewRefusal(state.say('Arguments cannot be picked from the prediction here, where each side is judged on its own. Edit the label instead.'));
}

type SingleRequest = Request<'decide'> | Request<'edit'>;

function singleDecision(state: SessionState, shown: Awaited<ReturnType<SessionState['pairFor']>>, result: Extract<Ruled, { kind: 'ruled' }>, request: SingleRequest, confirmed: boolean): Decision {
  const { rules } = state.queue;
  const hidden = state.isHidden(shown.entry);
  return decisionOf({
    stamp: state.stamp(),
    source: state.ports.source,
    item: shown.entry,
    way: request.type === 'edit' ? request.way : 'single',
    ruling: result.ruling,
    label: result.label,
    replaced: shown.pair.sample.label,
    checked: shown.pair.judgement?.votes.find(({ order }) => order === 'none')?.analysis,
    rest: {
      elapsedMs: request.elapsedMs,
      ...(request.note === undefined || request.note === '' ? {} : { note: request.note }),
      ...(rules.pass === 'first' ? {} : { pass: rules.pass }),
      ...(state.calibration === undefined ? {} : { calibration: state.calibration }),
      ...(hidden ? { blind: true } : {}),
      ...(confirmed ? { confirmed } : {}),
    },
  });
}

function offerFor(state: SessionState, { id, sampleId, ruling }: Decision): ReviewSnapshot['offer'] {
  if (state.queue.mode.kind !== 'review' || ruling === 'edit') return undefined;
  const count = state.queue.similarTo(sampleId);
  return count > 0 ? { decisionId: id, ruling, count } : undefined;
}

export async function undo(state: SessionState): Promise<Answer> {
  await state.sync();
  const target = state.facts.state.undoTargetOf(state.facts.user);
  if (target === undefined) throw new ReviewRefusal(state.say('There is nothing to undo.'));
  if (!state.reaches(target.decisions)) throw new ReviewRefusal(elsewhere(state, target.decisions, state.say('Your last decision')));
  await state.append([undoOperation(state, target.target)]);
  state.forgetPace(target.decisions);
  state.queue.show(target.decisions.map(({ sampleId }) => sampleId));
  const { length } = target.decisions;
  return state.snapshot({ announcement: length === 1 ? state.say('Decision taken back.') : state.say('{0} decisions taken back.', length) });
}

export async function redo(state: SessionState): Promise<Answer> {
  await state.sync();
  const target = state.facts.state.redoTargetOf(state.facts.user);
  if (target === undefined) throw new ReviewRefusal(state.say('There is nothing to redo.'));
  if (!state.reaches(target.decisions)) throw new ReviewRefusal(elsewhere(state, target.decisions, state.say('The decision that was taken back')));
  await state.append([undoOperation(state, target.target)]);
  state.recountPace();
  state.queue.show(target.decisions.map(({ sampleId }) => sampleId));
  const { length } = target.decisions;
  return state.snapshot({ announcement: length === 1 ? state.say('Decision put back.') : state.say('{0} decisions put back.', length) });
}

function undoOperation(state: SessionState, target: string): DecisionOperation {
  return { v: 1, op: 'undo', ...state.stamp(), target };
}

/** Undo that changes what nobody sees would surprise: it is refused, and said where to go. */
function elsewhere({ say }: SessionState, [decision]: readonly Decision[], subject: string): string {
  if (decision?.calibration !== undefined) return say('{0} was made in a calibration sample. Go there to change it.', subject);
  if (decision?.pass === 'second') return say('{0} was made in a second pass. Go there to change it.', subject);
  if (decision?.pass === 'adjudication') return say('{0} was made in an adjudication. Go there to change it.', subject);
  if (decision?.round !== undefined) return say('{0} was on a sample of round {1} that is not shown here. Open the review of that round to change it.', subject, decision.round);
  return say('{0} was on a sample that is not shown here. Open the review that holds it to change it.', subject);
}

export async function annotate(state: SessionState, { sampleId, labelHash, note }: Request<'note'>): Promise<Answer> {
  const { state: decisions, user } = state.facts;
  const own = decisions.standingOf(sampleId).findLast((d) => d.by === user && d.labelHash === labelHash);
  if (own === undefined) throw new ReviewRefusal(state.say('A note belongs to a decision, and you have made none on this sample yet. Decide first; the note goes with it.'));
  await state.append([{ v: 1, op: 'note', ...state.stamp(), target: own.id, note }]);
  return state.snapshot({ announcement: note === '' ? state.say('Note removed.') : state.say('Note stored.') });
}

export async function previewBulk(state: SessionState, requestId: number, ruling: ReviewRuling): Promise<{ readonly preview: Preview; readonly answer: Answer }> {
  return previewFor(state, requestId, ruling, 'bulk', undefined);
}

export async function previewSimilar(state: SessionState, { requestId, decisionId }: Request<'previewSimilar'>): Promise<{ readonly preview: Preview; readonly answer: Answer }> {
  const decision = state.facts.state.standing.findLast(({ id }) => id === decisionId);
  const shape = decision && state.queue.itemOf(decision.sampleId)?.shape;
  if (decision === undefined || shape === undefined) throw new ReviewRefusal(state.say('That decision has been taken back or its sample is gone. Decide a sample, then apply its decision to others.'), true);
  if (decision.ruling === 'edit') throw new ReviewRefusal(state.say('A label written by hand fits its own sample alone. Decide the others one by one.'));
  return previewFor(state, requestId, decision.ruling, 'similar', shape);
}

async function previewFor(state: SessionState, requestId: number, ruling: ReviewRuling, way: Extract<DecisionWay, 'bulk' | 'similar'>, shape: string | undefined): Promise<{ readonly preview: Preview; readonly answer: Answer }> {
  if (state.queue.mode.kind !== 'review') throw new ReviewRefusal(state.say('Many pairs cannot be decided at once here, where each is looked at on its own. Go back to the review for that.'));
  await state.sync();
  const preview = await previewOf(state.ports.newId(), ruling, way, state.queue.undecidedItems(shape), state.ports.source, state.say);
  return { preview, answer: { type: 'bulkPreview', requestId, ...preview.shown } };
}

export async function decideBulk(state: SessionState, preview: Preview | undefined, previewId: string): Promise<Answer> {
  const { say, queue } = state;
  if (preview?.id !== previewId) throw new ReviewRefusal(say('This preview is no longer the last one. Look at the preview again, then decide.'), true);
  await state.sync();
  const stale = preview.items.some((item) => queue.itemOf(item.sampleId)?.labelHash !== item.labelHash || queue.isDecided(item.sampleId) || !queue.holds(item.sampleId));
  if (stale) throw new ReviewRefusal(say('Pairs of this preview have been decided or changed since. Look at the preview again, then decide.'), true);
  if (preview.items.length === 0) throw new ReviewRefusal(say('There is no pair left to decide. Choose another ruling or another queue.'));
  const { source, newId } = state.ports;
  const rest = state.isBlind ? { blind: true } : {};
  const decisions = await bulkDecisions(preview, newId(), { source, rest }, () => state.stamp(), source, say);
  await state.append(decisions);
  queue.toUndecidedFrom(queue.position);
  return state.snapshot({ announcement: say('{0} pairs decided: {1}', decisions.length, storedText(preview.ruling, say)) });
}

