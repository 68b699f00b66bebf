import type { Label, Sample, TrainRow } from '../core/dataset/sample.ts';
import type { Decision, DecisionOperation, ReviewRuling } from '../core/review/decision.ts';
import type { DecisionState } from '../core/review/decisionState.ts';
import { changesLabel, foldDecisions } from '../core/review/foldDecisions.ts';
import { reviewQueue } from '../core/review/reviewQueue.ts';
import type { Judgement, ProbeEntry } from '../core/rounds/journalEntries.ts';
import { checkCalls } from '../core/schema/checkCalls.ts';
import { predictionToLabel } from '../core/toolcall/extract.ts';
import type { HostMessage, ReviewItem, ReviewRequest, ReviewSnapshot } from '../protocol/reviewMessages.ts';

/** What a round offers for review: its rows with the last probe and the judge's word. */
export type RoundForReview = {
  readonly round: number;
  readonly rows: ReadonlyMap<string, TrainRow>;
  readonly probes: readonly ProbeEntry[];
  /** The judge's own verdicts; people's decisions are not mixed in. */
  readonly judgements: ReadonlyMap<string, Judgement>;
};

/** `.looptool/decisions.jsonl`: `append` returns when the line is on disk. */
export interface DecisionLog {
  read(): Promise<readonly DecisionOperation[]>;
  append(operation: DecisionOperation): Promise<void>;
}

export type ReviewPorts = {
  readonly load: () => Promise<RoundForReview>;
  readonly log: DecisionLog;
  /** Who decides; recorded with each decision. */
  readonly user: string;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly openSource: (row: TrainRow) => Promise<void>;
  /** Shows the pending corrections and writes them when the person agrees; resolves to what to announce. */
  readonly apply: (decisions: readonly Decision[]) => Promise<string>;
};

const STORED: Readonly<Record<ReviewRuling, string>> = {
  keepLabel: 'Label kept.',
  takePrediction: 'Prediction taken as the label.',
  bothCorrect: 'Both are correct.',
  bothWrong: 'Both are wrong.',
  drop: 'Sample dropped.',
  unsure: 'Unsure.',
};

/** One person's way through the mismatches of one round; every answer is a whole snapshot. */
export class ReviewSession {
  private position = 0;
  private placed = false;

  constructor(private readonly ports: ReviewPorts) {}

  /** Never throws for what a person can do; the message of a failure says what to do next. */
  async handle(request: ReviewRequest): Promise<HostMessage> {
    try {
      return { ...(await this.answer(request)), requestId: request.requestId };
    } catch (error) {
      return { type: 'failure', requestId: request.requestId, message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** For a push after something outside has changed: another window, the command line, a stage that ended. */
  async snapshot(announcement?: string): Promise<ReviewSnapshot> {
    return this.show(await this.read(), announcement);
  }

  /** Goes to a sample, where it is in the queue; a page that is open is sent `snapshot` after this. */
  async goTo(sampleId: string): Promise<void> {
    const view = await this.read();
    const at = view.queue.findIndex((q) => q.sampleId === sampleId);
    if (at >= 0) this.position = at;
  }

  private async answer(request: ReviewRequest): Promise<ReviewSnapshot> {
    const view = await this.read();
    switch (request.type) {
      case 'ready':
        return this.show(view);
      case 'decide':
        return this.decide(view, request);
      case 'undo':
        return this.undo(view);
      case 'move':
        return this.move(view, request.to);
      case 'openSource': {
        const row = view.round.rows.get(request.sampleId);
        if (row) await this.ports.openSource(row);
        return this.show(view);
      }
      case 'apply': {
        const message = await this.ports.apply(view.pending);
        return this.snapshot(message);
      }
    }
  }

  private async read(): Promise<View> {
    const round = await this.ports.load();
    const decisions = foldDecisions(await this.ports.log.read());
    const queue = reviewQueue(
      round.probes.filter((p) => round.rows.has(p.sampleId)).map((p) => ({ sampleId: p.sampleId, outcome: p.outcome, verdict: round.judgements.get(p.sampleId)?.verdict, probe: p })),
    );
    const view: View = { round, decisions, queue, pending: [...decisions.inForce.values()].filter((d) => changesLabel(d) && round.rows.get(d.sampleId)?.labelHash === d.labelHash) };
    if (!this.placed) {
      this.placed = true;
      const first = queue.findIndex((q) => !isDecided(view, q.sampleId));
      this.position = first < 0 ? queue.length : first;
    }
    this.position = Math.min(this.position, queue.length);
    return view;
  }

  private async decide(view: View, request: Extract<ReviewRequest, { type: 'decide' }>): Promise<ReviewSnapshot> {
    const entry = view.queue.find((q) => q.sampleId === request.sampleId);
    const row = view.round.rows.get(request.sampleId);
    if (!entry || !row) throw new Error('This sample is no longer in the round. Open the review again.');
    if (row.labelHash !== request.labelHash) throw new Error('The label has changed since it was shown. Look at it again, then decide.');
    const label = labelOf(request.ruling, entry.probe);
    if (label === 'none') throw new Error('The prediction is no complete answer, so it cannot be taken.');
    const decision: Decision = {
      v: 1, op: 'decide', id: this.ports.newId(), at: this.ports.now().toISOString(), by: this.ports.user,
      sampleId: row.id, labelHash: row.labelHash, round: view.round.round, ruling: request.ruling, elapsedMs: request.elapsedMs,
      ...(label === undefined ? {} : { label }),
    };
    await this.ports.log.append(decision);
    this.position = view.queue.indexOf(entry) + 1;
    return this.snapshot(STORED[request.ruling]);
  }

  private async undo(view: View): Promise<ReviewSnapshot> {
    const target = view.decisions.undoTarget;
    if (!target) throw new Error('There is nothing to undo.');
    await this.ports.log.append({ v: 1, op: 'undo', id: this.ports.newId(), at: this.ports.now().toISOString(), by: this.ports.user, target: target.id });
    const at = view.queue.findIndex((q) => q.sampleId === target.sampleId);
    if (at >= 0) this.position = at;
    return this.snapshot('Decision taken back.');
  }

  private move(view: View, to: 'next' | 'previous' | 'nextUndecided'): ReviewSnapshot {
    if (to === 'previous') this.position = Math.max(0, this.position - 1);
    else if (to === 'next') this.position = Math.min(view.queue.length, this.position + 1);
    else {
      const after = view.queue.findIndex((q, i) => i > this.position && !isDecided(view, q.sampleId));
      const first = view.queue.findIndex((q) => !isDecided(view, q.sampleId));
      this.position = after >= 0 ? after : first >= 0 ? first : view.queue.length;
    }
    return this.show(view);
  }

  private show(view: View, announcement?: string): ReviewSnapshot {
    const entry = view.queue[this.position];
    const row = entry && view.round.rows.get(entry.sampleId);
    return {
      type: 'snapshot',
      round: view.round.round,
      position: this.position,
      total: view.queue.length,
      undecided: view.queue.filter((q) => !isDecided(view, q.sampleId)).length,
      canUndo: view.decisions.undoTarget !== undefined,
      toApply: view.pending.length,
      ...(entry && row ? { item: itemOf(view, row, entry.probe) } : {}),
      ...(announcement === undefined ? {} : { announcement }),
    };
  }
}

type View = {
  readonly round: RoundForReview;
  readonly decisions: DecisionState;
  readonly queue: readonly { readonly sampleId: string; readonly probe: ProbeEntry }[];
  /** Decisions in force that change a label which still is as it was when they were made. */
  readonly pending: readonly Decision[];
};

/** A decision counts for the label that it saw; a label changed since asks for a new one. */
function isDecided(view: View, sampleId: string): boolean {
  const decision = view.decisions.inForce.get(sampleId);
  return decision !== undefined && decision.labelHash === view.round.rows.get(sampleId)?.labelHash;
}

function labelOf(ruling: ReviewRuling, probe: ProbeEntry): Label | undefined | 'none' {
  if (ruling !== 'takePrediction' && ruling !== 'bothCorrect') return undefined;
  return (probe.prediction && predictionToLabel(probe.prediction)) ?? 'none';
}

function itemOf(view: View, row: TrainRow, probe: ProbeEntry): ReviewItem {
  const judgement = view.round.judgements.get(row.id);
  const decision = isDecided(view, row.id) ? view.decisions.inForce.get(row.id) : undefined;
  const prediction = probe.prediction ?? { kind: 'EMPTY' as const, calls: [], text: '', warnings: [] };
  return {
    sampleId: row.id,
    labelHash: row.labelHash,
    origin: row.origin,
    tools: row.tools,
    messages: row.messages,
    label: row.label,
    prediction,
    outcome: probe.outcome,
    ppl: probe.ppl,
    labelProblems: problemsOf(row.label.kind === 'calls' ? row.label.calls : [], row),
    predictionProblems: problemsOf(prediction.calls, row),
    takeable: predictionToLabel(prediction) !== undefined,
    ...(row.occurrence ? { occurrence: row.occurrence } : {}),
    ...(probe.comparison ? { comparison: probe.comparison } : {}),
    ...(judgement ? { judgement: judgementView(judgement) } : {}),
    ...(decision ? { ruling: decision.ruling } : {}),
  };
}

function judgementView(j: Judgement): NonNullable<ReviewItem['judgement']> {
  const { verdict, analysis, approach, votes, agreeing, simulated } = j;
  return { verdict, analysis, approach, votes, agreeing, simulated, judge: j.source, replaced: j.relabel !== undefined };
}

function problemsOf(calls: Parameters<typeof checkCalls>[0], sample: Sample): string[] {
  return checkCalls(calls, sample.tools).map((v) => v.message);
}
