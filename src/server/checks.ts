import {
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type ClientCapabilities,
  type Diagnostic,
  type DiagnosticServerCancellationData,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import { findingsParamsSchema, type FindingsResult } from '../protocol/lsp/findings.ts';
import type { LiveDataset } from './dataset/liveDataset.ts';
import type { CheckSettings } from './dataset/recordCheck.ts';
import { findWide } from './dataset/wideFindings.ts';
import { toDiagnostics } from './diagnostics.ts';
import type { CheckControl } from './documents.ts';
import { collectGarbage } from './memory.ts';
import { findingsPage } from './findingsPage.ts';
import { pause, pauseInBackground } from './pause.ts';

/** A dataset with what its checks are about. */
type Checked = {
  readonly dataset: LiveDataset;
  /** Counts, so that a document that is closed and opened again shares no result id with itself. */
  readonly opening: number;
  /** When it was last edited, in milliseconds of `performance`. */
  edited: number;
  edits: number;
  /** The last answer was given before all was checked: the client is told when it is. */
  partial: boolean;
  /** Version and revision for which the rules on the whole set were run. */
  concluded: string;
  /** The same for the rules on the whole set alone, where they ran before the answer. */
  concludedWide: string;
  running: boolean;
  /** Whether much was read since garbage was collected. */
  littered: boolean;
};

export type CheckHost = {
  readonly client: () => ClientCapabilities;
  /** Settings of the document's project as they are now. The same object as long as they are the same. */
  readonly settings: (uri: string) => (CheckSettings & { readonly dialect?: string | undefined; readonly number: number }) | undefined;
  /** Tells the client that answers changed. */
  readonly refresh: () => void;
  /** All records of the document are checked. */
  readonly checked: (uri: string) => void;
  /** Diagnostics of other sources as far as they are known; `id` changes with them. */
  readonly others: (dataset: LiveDataset) => Promise<{ readonly id: string; readonly diagnostics: readonly Diagnostic[] }>;
  /** What the other sources have to look at changes with this. */
  readonly othersState: () => number;
  /** Brings the other sources up to date in the background; true when they say something else now, undefined when it went stale. */
  readonly updateOthers: (dataset: LiveDataset, control: CheckControl) => Promise<boolean | undefined>;
};

/**
 * An answer waits so long at most, in milliseconds: then it tells what is known, and the client is asked to ask again when
 * all is checked. Partial results of one answer would be quicker, but VS Code's client asks for none with a document.
 */
const longestAnswer = 400;
/** Characters whose samples are compared within a few milliseconds. */
const littleText = 200_000;
/** Characters whose reading leaves much garbage behind. */
const muchText = 2_000_000;
/** So many edits of such a text leave as much behind again. */
const manyEdits = 20;
/** The rules on the whole set run when nobody has typed for so long, in milliseconds. */
const idleTime = 400;
/** Garbage is collected when nobody has typed for so long: that stops the server for a moment. */
const garbageIdleTime = 2000;

/** Checks open datasets: answers for the version that is open when the question comes, and works on in the background. */
export class Checks {
  private readonly open = new Map<string, Checked>();
  private openings = 0;
  /** Questions that wait for an answer: the background waits for them. */
  private asked = 0;

  constructor(private readonly host: CheckHost) {}

  get(uri: string): LiveDataset | undefined {
    return this.open.get(uri)?.dataset;
  }

  get datasets(): readonly LiveDataset[] {
    return [...this.open.values()].map(({ dataset }) => dataset);
  }

  add(dataset: LiveDataset): void {
    this.open.set(dataset.uri, { dataset, opening: (this.openings += 1), edited: performance.now(), edits: 0, partial: false, concluded: '', concludedWide: '', running: false, littered: dataset.document.length > muchText });
  }

  changed(uri: string): void {
    const open = this.open.get(uri);
    if (open === undefined) return;
    open.edited = performance.now();
    open.edits += 1;
    if (open.edits % manyEdits === 0 && open.dataset.document.length > muchText) open.littered = true;
  }

  /** Looks again at all that is open: other sources have something new. */
  lookAgain(): void {
    for (const open of this.open.values()) if (open.concluded !== '') void this.goOn(open);
  }

  remove(uri: string): void {
    this.open.delete(uri);
  }

  /** A version that is overtaken while it is checked is dropped, and the client told to ask again. An unchanged document costs nothing. */
  async diagnose({ textDocument: { uri }, previousResultId }: DocumentDiagnosticParams, token: CancellationToken): Promise<DocumentDiagnosticReport> {
    const open = this.open.get(uri);
    if (open === undefined) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
    const { dataset } = open;
    const { version } = dataset.document;
    const isStale = (): boolean => token.isCancellationRequested || this.open.get(uri) !== open || dataset.document.version !== version;
    const started = performance.now();
    // Changes that are already waiting come first: nobody wants the findings of a version in between.
    await pause();
    const settings = this.host.settings(uri);
    const isDataset = !isStale() && (await dataset.prepare(settings));
    const isLong = (): boolean => performance.now() - started > longestAnswer && this.host.client().workspace?.diagnostics?.refreshSupport === true;
    const done = !isDataset || (await this.workUntil(dataset, () => isStale() || isLong()));
    if (isStale()) throw dropped(token);
    if (isDataset && done) await this.concludeSoon(open, isStale);
    const others = await this.host.others(dataset);
    if (isStale()) throw dropped(token);
    open.partial = !done;
    if (done) this.host.checked(uri);
    if (isDataset) void this.goOn(open);
    const resultId = `${open.opening}.${version}.${settings?.number ?? 0}.${dataset.revision}.${others.id}${done ? '' : `.${dataset.live.length}`}`;
    if (previousResultId === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
    return { kind: DocumentDiagnosticReportKind.Full, resultId, items: toDiagnostics(dataset, this.host.client(), others.diagnostics) };
  }

  /** Of little text the rules on the whole set tell at once; and where nobody can be told later. */
  private async concludeSoon(open: Checked, isStale: () => boolean): Promise<void> {
    const { dataset } = open;
    const canTell = this.host.client().workspace?.diagnostics?.refreshSupport === true;
    const state = this.stateOf(dataset);
    if ((canTell && dataset.document.length > littleText) || open.concluded === state) return;
    const changed = await findWide(dataset, { isStale, pause });
    // The other sources are still to be looked at.
    if (changed !== undefined) open.concludedWide = state;
  }

  private stateOf(dataset: LiveDataset): string {
    return `${dataset.document.version}.${dataset.setups}.${this.host.othersState()}`;
  }

  /** False when it ended before all was checked. */
  private async workUntil(dataset: LiveDataset, isOver: () => boolean): Promise<boolean> {
    this.asked += 1;
    try {
      for (;;) {
        if (isOver()) return false;
        if (dataset.work()) return true;
        await pause();
      }
    } finally {
      this.asked -= 1;
    }
  }

  /** All findings that are known of an open document, page by page. */
  async findings(params: unknown): Promise<FindingsResult> {
    const parsed = findingsParamsSchema.safeParse(params);
    const dataset = parsed.success ? this.get(parsed.data.uri) : undefined;
    if (!parsed.success || dataset === undefined) return { version: null, complete: true, total: 0, groups: [], findings: [] };
    const open = this.open.get(dataset.uri);
    if ((await dataset.prepare(this.host.settings(dataset.uri))) && open !== undefined) void this.goOn(open);
    return findingsPage(dataset, parsed.data);
  }

  /** Works in the background until all is checked and the rules on the whole set have run. */
  private async goOn(open: Checked): Promise<void> {
    if (open.running) return;
    open.running = true;
    try {
      while (this.open.get(open.dataset.uri) === open && (await this.step(open)));
    } finally {
      open.running = false;
    }
  }

  /** False when there is nothing left to do. */
  private async step(open: Checked): Promise<boolean> {
    const { dataset } = open;
    if (this.asked > 0 || !dataset.work()) {
      await pauseInBackground();
      return true;
    }
    if (open.partial) {
      open.partial = false;
      this.host.refresh();
      this.host.checked(dataset.uri);
    }
    const state = (): string => this.stateOf(dataset);
    if (open.concluded === state() && !open.littered) return false;
    const idle = performance.now() - open.edited;
    if (idle < idleTime) {
      await new Promise((resolve) => setTimeout(resolve, idleTime - idle));
      return true;
    }
    if (open.concluded === state()) {
      if (idle < garbageIdleTime) {
        await new Promise((resolve) => setTimeout(resolve, garbageIdleTime - idle));
        return true;
      }
      open.littered = false;
      collectGarbage();
      return true;
    }
    const now = state();
    const control = { isStale: () => state() !== now || this.open.get(dataset.uri) !== open, pause: pauseInBackground };
    const changed = open.concludedWide === now ? false : await findWide(dataset, control);
    const others = changed === undefined ? undefined : await this.host.updateOthers(dataset, control);
    if (others !== undefined && !control.isStale()) open.concluded = now;
    if (changed === true || others === true) {
      this.host.refresh();
      this.host.checked(dataset.uri);
    }
    return true;
  }
}

function dropped(token: CancellationToken): ResponseError<DiagnosticServerCancellationData | undefined> {
  if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled', undefined);
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'the document changed', { retriggerRequest: true });
}
