import { stringifyJson } from '../../src/core/json/stringify.ts';
import type { JsonValue } from '../../src/core/json/value.ts';
import type { Label } from '../../src/core/dataset/sample.ts';
import type { ReviewRuling } from '../../src/core/review/decision.ts';
import type { QueueSpec } from '../../src/core/review/queue/queueSpec.ts';
import type { Measurement } from '../../src/core/review/measure/measurement.ts';
import type { FinalVerdict } from '../../src/core/rounds/verdict.ts';
import { visibleText } from '../../src/core/text/visibleText.ts';
import type { ReviewItem } from '../../src/protocol/review/item.ts';
import { hostMessageSchema, type BulkPreview, type Facets, type HostMessage, type ReviewMode, type ReviewRequest, type ReviewSnapshot } from '../../src/protocol/review/messages.ts';
import { HostConnection, NoAnswer, type WithoutId } from '../shared/hostConnection.ts';
import { Stopwatch } from '../shared/stopwatch.ts';
import { t } from '../shared/words.ts';
import type { Action } from './keys.ts';
import { NoteDrafts } from './noteDrafts.ts';
import { judgeHidden, rulingOf, rulingWords, sidesOf } from './sides.ts';
import { verdictWords } from './words.ts';

type Request = WithoutId<ReviewRequest>;

/** What stands in the middle of the page. */
export type PageView = 'pair' | 'edit' | 'cherryPick' | 'measure';

/** What only the page itself can do. */
export interface PageHands {
  changed(): void;
  /** Another pair is shown: scroll up, take the focus to it. */
  newPair(): void;
  focusNote(): void;
  focusSearch(): void;
}

/** A label that breaks its tool's schema, and how it is stored all the same. */
export type Confirmation = { readonly problems: readonly string[]; readonly again: () => void };

export type BulkState = { readonly preview: BulkPreview | undefined; readonly ruling: ReviewRuling | undefined };

/** Requests that wait for a model, a person or a long walk through the source. */
const PATIENT: ReadonlySet<Request['type']> = new Set(['askAgain', 'apply', 'exportIssue', 'startCalibration', 'measure', 'openSource', 'decideBulk', 'previewBulk', 'previewSimilar']);
const PATIENT_MS = 15 * 60_000;
/** Requests that leave the pair alone: keys go on working while they run. */
const BESIDE: ReadonlySet<Request['type']> = new Set(['askAgain', 'openSource', 'exportIssue']);

/** What happens on the page, without how it looks: the host holds all state, this the latest snapshot and what is being asked. */
export class ReviewFlow {
  snapshot: ReviewSnapshot | undefined;
  facets: Facets | undefined;
  measurement: Measurement | undefined;
  view: PageView = 'pair';
  raw = false;
  help = false;
  filters = false;
  busy = false;
  /** What goes on beside the review, in words. */
  asking = '';
  failure = '';
  /** The host did not answer: what can be done is to ask it again. */
  silent = false;
  confirmation: Confirmation | undefined;
  bulk: BulkState | undefined;
  /** For the live region. */
  said = '';
  notice = '';
  readonly watch = new Stopwatch();
  readonly notes: NoteDrafts;
  private readonly host: HostConnection<ReviewRequest, HostMessage>;

  constructor(private readonly hands: PageHands) {
    this.host = new HostConnection<ReviewRequest, HostMessage>(hostMessageSchema, (m) => this.take(m));
    this.notes = new NoteDrafts(this.host);
  }

  get item(): ReviewItem | undefined {
    return this.snapshot?.item;
  }

  /** A dialog or another view has the keys. */
  get keysElsewhere(): boolean {
    return this.help || this.confirmation !== undefined || this.bulk !== undefined || this.view !== 'pair';
  }

  start(): void {
    this.silent = false;
    void this.begin();
  }

  private async begin(): Promise<void> {
    await this.request({ type: 'ready' });
    // The host may open the page for what it says of the judge.
    if (document.body.dataset['view'] === 'measure') this.act({ kind: 'measure' });
  }

  act(action: Action): void {
    switch (action.kind) {
      case 'decide': return this.decide(action.ruling);
      case 'bulk': return this.previewBulk(action.ruling);
      case 'similar': return this.previewSimilar();
      case 'edit':
      case 'cherryPick': return this.open(action.kind);
      case 'move': return void this.request({ type: 'move', to: action.to });
      case 'undo':
      case 'redo':
      case 'apply': return void this.request({ type: action.kind });
      case 'blind': return void this.request({ type: 'setBlind', blind: !(this.snapshot?.blind ?? false) });
      case 'measure': return void this.request({ type: 'measure' });
      case 'askAgain': return this.askAgain(action.what);
      case 'open': return this.openSource();
      case 'export': return this.ofItem((item) => this.request({ type: 'exportIssue', sampleId: item.sampleId }));
      case 'copy': return void this.copy();
      case 'note': return this.hands.focusNote();
      case 'search': return this.hands.focusSearch();
      case 'raw': return this.set(() => (this.raw = !this.raw));
      case 'filters': return this.set(() => (this.filters = !this.filters));
      case 'help': return this.set(() => (this.help = !this.help));
    }
  }

  /** Changes what only the page knows. */
  set(change: () => void): void {
    change();
    this.hands.changed();
  }

  setQueue(spec: QueueSpec): void {
    void this.request({ type: 'setQueue', spec });
  }

  setMode(mode: ReviewMode): void {
    this.view = 'pair';
    void this.request({ type: 'setMode', mode });
  }

  saveQueue(name: string): void {
    void this.request({ type: 'saveQueue', name });
  }

  deleteQueue(name: string): void {
    void this.request({ type: 'deleteQueue', name });
  }

  goTo(position: number): void {
    void this.request({ type: 'goTo', position });
  }

  saveNote(): void {
    this.ofItem(async (item) => {
      const answer = await this.request({ type: 'note', sampleId: item.sampleId, labelHash: item.labelHash, note: this.notes.of(item) });
      if (answer?.type === 'snapshot') this.set(() => this.notes.drop(item.sampleId));
    });
  }

  /** Another label for the pair, from one of the editors. */
  storeLabel(label: Label, way: 'single' | 'cherryPick'): void {
    this.ofItem((item) => this.store({ ...this.pairOf(item), type: 'edit', label, way }));
  }

  startCalibration(request: Omit<Extract<Request, { type: 'startCalibration' }>, 'type'>): void {
    void this.request({ type: 'startCalibration', ...request });
  }

  decideBulk(): void {
    const preview = this.bulk?.preview;
    if (preview) void this.request({ type: 'decideBulk', previewId: preview.previewId });
  }

  previewBulk(ruling: ReviewRuling): void {
    if (this.busy || this.forbiddenInCalibration()) return;
    this.bulk = { preview: undefined, ruling };
    void this.request({ type: 'previewBulk', ruling });
  }

  fail(message: string): void {
    this.set(() => (this.failure = message));
  }

  private decide(shown: ReviewRuling): void {
    const snapshot = this.snapshot;
    this.ofItem((item) => {
      const ruling = snapshot ? rulingOf(sidesOf(snapshot), shown) : shown;
      if (!item.predictionLabel && (ruling === 'takePrediction' || ruling === 'bothCorrect')) return this.fail(t('The prediction is no complete answer, so it cannot be taken. Keep the label, or press E to write another one.'));
      return void this.store({ ...this.pairOf(item), type: 'decide', ruling });
    });
  }

  private pairOf(item: ReviewItem): { sampleId: string; labelHash: string; elapsedMs: number; note?: string } {
    const note = this.notes.of(item).trim();
    return { sampleId: item.sampleId, labelHash: item.labelHash, elapsedMs: this.watch.elapsedMs(), ...(note === '' ? {} : { note }) };
  }

  private async store(request: Extract<Request, { type: 'decide' | 'edit' }>): Promise<void> {
    const answer = await this.request(request);
    if (answer?.type === 'snapshot') {
      this.notes.drop(request.sampleId);
      this.set(() => (this.view = 'pair'));
    }
    if (answer?.type === 'confirm') {
      this.set(() => (this.confirmation = { problems: answer.problems, again: () => void this.store({ ...request, confirmed: true }) }));
    }
  }

  private previewSimilar(): void {
    const offer = this.snapshot?.offer;
    if (!offer) return this.fail(t('There is nothing to repeat: decide on a sample first; where others have the same difference, the page offers it.'));
    if (this.busy) return;
    this.bulk = { preview: undefined, ruling: undefined };
    void this.request({ type: 'previewSimilar', decisionId: offer.decisionId });
  }

  private open(view: 'edit' | 'cherryPick'): void {
    if (this.forbiddenInCalibration()) return;
    this.ofItem((item) => {
      if (view === 'cherryPick' && item.prediction.calls.length === 0) return this.fail(t('The prediction has no call to pick arguments from. Press E to write another label.'));
      return this.set(() => (this.view = view));
    });
  }

  private openSource(): void {
    const snapshot = this.snapshot;
    if (snapshot?.mode.kind === 'calibration' && judgeHidden(snapshot)) return this.fail(t('The file would tell which answer is the label. Decide first.'));
    this.ofItem((item) => this.request({ type: 'openSource', sampleId: item.sampleId }));
  }

  private askAgain(what: 'judge' | 'probe'): void {
    if (this.asking !== '') return;
    this.ofItem((item) => {
      this.asking = what === 'judge' ? t('Asking the judge …') : t('Asking the policy …');
      void this.request({ type: 'askAgain', sampleId: item.sampleId, what }).finally(() => this.set(() => (this.asking = '')));
    });
  }

  private forbiddenInCalibration(): boolean {
    if (this.snapshot?.mode.kind !== 'calibration') return false;
    this.fail(t('In a calibration only single decisions on what is shown count. Close it first.'));
    return true;
  }

  private async copy(): Promise<void> {
    const item = this.item;
    if (!item) return;
    try {
      // Items are JSON by their schema.
      await navigator.clipboard.writeText(stringifyJson(item as unknown as JsonValue, 2));
      const words = t('Copied as JSON.');
      this.say(words);
      this.set(() => (this.notice = words));
    } catch {
      this.fail(t('The clipboard is not to be had. Click into this page and press G again.'));
    }
  }

  private ofItem(work: (item: ReviewItem) => unknown): void {
    if (this.item) void work(this.item);
  }

  /** One request at a time: a key pressed while a decision is being stored would act on a sample that nobody saw. */
  private async request(request: Request): Promise<HostMessage | undefined> {
    const beside = BESIDE.has(request.type);
    if (this.busy && !beside) return undefined;
    if (!beside) this.busy = true;
    this.failure = '';
    this.hands.changed();
    try {
      const answer = await this.host.send(request, PATIENT.has(request.type) ? PATIENT_MS : undefined);
      if (!beside) this.busy = false;
      this.silent = false;
      this.take(answer);
      return answer;
    } catch (error) {
      if (!beside) this.busy = false;
      this.silent = error instanceof NoAnswer;
      this.bulk = undefined;
      this.fail(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  private take(message: HostMessage): void {
    switch (message.type) {
      case 'snapshot': this.takeSnapshot(message); break;
      case 'failure':
        this.failure = visibleText(message.message);
        this.bulk = undefined;
        break;
      case 'bulkPreview':
        if (this.bulk) this.bulk = { preview: message, ruling: this.bulk.ruling };
        break;
      case 'measurement':
        this.measurement = message.measurement;
        this.view = 'measure';
        this.hands.newPair();
        break;
      case 'confirm': break;
    }
    this.hands.changed();
  }

  private takeSnapshot(next: ReviewSnapshot): void {
    const before = this.snapshot;
    this.snapshot = next;
    this.facets = next.facets ?? this.facets;
    // A push while a preview is looked at leaves it open; an answer closes it.
    if (next.requestId !== undefined) this.bulk = undefined;
    const other = next.item?.sampleId !== before?.item?.sampleId || next.item?.labelHash !== before?.item?.labelHash || next.position !== before?.position;
    if (other) {
      this.watch.restart();
      if (this.view === 'edit' || this.view === 'cherryPick' || next.requestId !== undefined) this.view = 'pair';
      this.raw = false;
      this.hands.newPair();
    }
    if (next.announcement !== undefined || other || verdictOf(next) !== (before ? verdictOf(before) : undefined)) this.say(announcement(before, next, other));
    this.notice = next.announcement ?? '';
  }

  /** A live region tells what has changed; the same words twice need a difference. */
  private say(text: string): void {
    this.said = this.said === text ? `${text}\u00a0` : text;
  }
}

const verdictOf = (s: ReviewSnapshot): FinalVerdict | undefined => (judgeHidden(s) ? undefined : s.item?.judgement?.verdict);

function announcement(before: ReviewSnapshot | undefined, next: ReviewSnapshot, other: boolean): string {
  const parts = next.announcement === undefined ? [] : [visibleText(next.announcement)];
  if (other) parts.push(next.item ? t('Sample {0} of {1}.', next.position + 1, next.total) : t('End of the queue.'));
  const verdict = verdictOf(next);
  if (verdict !== undefined && (other || verdict !== (before ? verdictOf(before) : undefined))) parts.push(t('Judge: {0}.', verdictWords(verdict)));
  const mine = next.item?.decisions.find((d) => d.inForce && d.by === next.user);
  if (other && mine) parts.push(t('Decided: {0}.', rulingWords(mine.ruling)));
  return parts.join(' ');
}
