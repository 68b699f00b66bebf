import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver/node';
import type { RecordSample } from '../core/dataset/dialect.ts';
import type { Judgement, ProbeEntry, ProbeOutcome } from '../core/rounds/journalEntries.ts';
import { shifted } from '../core/json/span.ts';
import type { Span } from '../core/json/stringMap.ts';
import { spanOfPart } from '../core/rules/places.ts';
import type { Part } from '../core/rules/rule.ts';
import type { Difference } from '../core/toolcall/difference.ts';
import { Turns } from '../node/turns.ts';
import type { LiveDataset } from './dataset/liveDataset.ts';
import type { LiveRecord } from './dataset/recordCheck.ts';
import type { DiagnosticData } from './diagnostics.ts';
import type { CheckControl } from './documents.ts';
import { rangeIn } from './ranges.ts';
import type { SampleResult, SampleResults } from './sampleResults.ts';

/** Of diagnostics that come from the loop, not from the rules. */
export const resultsSource = 'looptool results';
export const policyDiffers = 'policy-differs';
export const labelWrong = 'label-wrong';

/** The span is relative to the record. */
type ResultFinding = Span & { readonly code: string; readonly severity: DiagnosticSeverity; readonly message: string; readonly sampleId: string };
type Known = { readonly number: number; readonly findings: readonly ResultFinding[] };

const none: readonly ResultFinding[] = [];

/**
 * What the last probe and the judge say of labels as they stand now. Worked out in the background and kept with each record:
 * one whose text changed says nothing until it is looked at again, and then only if its label is the one that was judged.
 */
export class ResultDiagnostics {
  private readonly known = new WeakMap<LiveRecord, Known>();
  /** Counts what journals said. */
  private told = 0;
  /** Counts what was found, for result ids. */
  private found = 0;

  constructor(private readonly results: SampleResults) {
    results.onDidChange(() => (this.told += 1));
  }

  /** What there is to look at, as far as journals go. */
  get state(): number {
    return this.told;
  }

  get number(): number {
    return this.found;
  }

  /** What is known of the records as they are. */
  of(dataset: LiveDataset): readonly Diagnostic[] {
    if (!this.results.inProject(dataset.uri)) return [];
    const diagnostics: Diagnostic[] = [];
    for (const [index, record] of dataset.live.entries()) {
      const findings = record === undefined ? none : (this.known.get(record)?.findings ?? none);
      for (const finding of findings) diagnostics.push(toDiagnostic(dataset, index, finding));
    }
    return diagnostics;
  }

  /** Looks at the records that are new, or all when journals changed; true when that changed anything, undefined when it went stale. */
  async update(dataset: LiveDataset, control: CheckControl): Promise<boolean | undefined> {
    if (!this.results.inProject(dataset.uri)) return false;
    const number = this.told;
    let changed = false;
    const turns = new Turns(control.pause);
    for (let index = 0; index < dataset.live.length; index += 1) {
      const record = dataset.live[index];
      const before = record && this.known.get(record);
      if (record === undefined || before?.number === number) continue;
      const findings = this.look(dataset, index, record);
      this.known.set(record, { number, findings });
      if (JSON.stringify(findings) !== JSON.stringify(before?.findings ?? none)) {
        changed = true;
        this.found += 1;
      }
      if (!turns.isOver) continue;
      await turns.next();
      if (control.isStale()) return changed ? true : undefined;
    }
    return changed;
  }

  private look(dataset: LiveDataset, index: number, record: LiveRecord): readonly ResultFinding[] {
    let findings: ResultFinding[] | undefined;
    for (const [sample, { id, labelHash }] of record.samples.entries()) {
      const said = sayings(this.results.of(dataset.uri, id), labelHash);
      if (said.length === 0) continue;
      const view = dataset.readAgain(index);
      const read = view?.samples[sample];
      if (view === undefined || read === undefined) continue;
      for (const { at, ...saying } of said) (findings ??= []).push({ ...saying, ...spanOfPart(view.locator, read, partOf(at, read)), sampleId: id });
    }
    return findings ?? none;
  }
}

type Saying = Pick<ResultFinding, 'code' | 'severity' | 'message'> & { readonly at: Difference | undefined };

function sayings(result: SampleResult | undefined, labelHash: string): readonly Saying[] {
  if (result === undefined) return [];
  const { probe, judgement } = result;
  return [...(probe?.labelHash === labelHash ? ofProbe(probe) : []), ...(judgement?.labelHash === labelHash ? ofJudgement(judgement) : [])];
}

const failures: Readonly<Partial<Record<ProbeOutcome, string>>> = { TRUNCATED: 'the policy\'s answer is cut off', INVALID: 'the policy\'s answer cannot be read', EMPTY: 'the policy answers nothing' };

function ofProbe(probe: ProbeEntry): readonly Saying[] {
  const severity = DiagnosticSeverity.Information;
  const failure = failures[probe.outcome];
  if (failure !== undefined) return [{ code: policyDiffers, severity, message: failure, at: undefined }];
  if (probe.outcome !== 'MISMATCH') return [];
  const [first] = probe.comparison?.differences ?? [];
  return [{ code: policyDiffers, severity, message: first === undefined ? 'the policy answers differently' : `the policy answers differently: ${first.message}`, at: first }];
}

function ofJudgement({ verdict, agreeing, votes, by }: Judgement): readonly Saying[] {
  if (verdict !== 'LABEL_WRONG' && verdict !== 'BOTH_WRONG') return [];
  const who = by === 'judge' ? `the judge calls the label wrong, ${agreeing} of ${votes}` : by === 'person' ? 'a person calls the label wrong' : 'the label cannot be right';
  return [{ code: labelWrong, severity: DiagnosticSeverity.Warning, message: who, at: undefined }];
}

/** Where the label says otherwise; what it lacks shows at the call. */
function partOf(difference: Difference | undefined, { sample }: RecordSample): Part {
  const [call, ...path] = difference?.path ?? [];
  if (difference === undefined || typeof call !== 'number' || sample.label.kind !== 'calls' || sample.label.calls[call] === undefined) return { part: 'label' };
  if (difference.kind === 'extra-call') return { part: 'label' };
  if (difference.kind === 'name') return { part: 'name', call };
  return path.length === 0 || difference.kind === 'extra-argument' ? { part: 'call', call } : { part: 'value', call, path };
}

function toDiagnostic(dataset: LiveDataset, record: number, { code, severity, message, sampleId, ...span }: ResultFinding): Diagnostic {
  const data: DiagnosticData = { rule: code, record, sampleId };
  return { range: rangeIn(dataset, shifted(span, dataset.recordStart(record))), severity, source: resultsSource, code, message, data };
}
