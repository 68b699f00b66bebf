import { labelHash } from '../../core/dataset/identity.ts';
import type { Label } from '../../core/dataset/sample.ts';
import { parseJson } from '../../core/json/parse.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import type { Decision } from '../../core/review/decision.ts';
import { changesLabel } from '../../core/review/foldDecisions.ts';
import { issueText, type IssueEvidence } from '../../core/review/issueText.ts';
import { trimEdit } from '../../core/text/trimEdit.ts';
import { unifiedDiff } from '../../core/text/unifiedDiff.ts';
import { applyEdits } from '../../core/dataset/labelEdit.ts';
import { predictionToLabel } from '../../core/toolcall/extract.ts';
import type { LabelChange } from './labelChange.ts';
import { readDecisions } from '../decisionsFile.ts';
import { chooseSource, findPair, withSourceFiles, type SourceChoice } from './chooseSource.ts';
import { findSamples, type FoundSample } from './findSamples.ts';
import { planFile } from './planFile.ts';
import type { FilePlan } from './filePlan.ts';
import { openReviewFolder, type ReviewFolder } from './reviewFolder.ts';
import type { ReviewJudgement, ReviewPair } from './reviewSource.ts';
import { labelProblems } from './session/ruledLabel.ts';

export type ExportOptions = SourceChoice & { readonly project: string; readonly sampleIds: readonly string[]; readonly signal?: AbortSignal | undefined };
export type ExportResult = { readonly markdown: string; readonly exported: number; readonly missing: readonly string[]; readonly warnings: readonly string[] };

/** Markdown for whoever keeps the dataset: one part for each sample, found by its id. */
export async function exportIssues(options: ExportOptions): Promise<ExportResult> {
  const opened = await openReviewFolder(options.project, options);
  const source = await chooseSource(opened, options);
  const { state, warnings } = await readDecisions(opened.files.root);
  try {
    const folder = await withSourceFiles(opened, source);
    const found = await findSamples(folder.files, folder.datasets, new Set(options.sampleIds), options.signal);
    const parts: string[] = [];
    const missing: string[] = [];
    for (const id of options.sampleIds) {
      const pair = source && (await findPair(source, id))?.pair;
      const place = found.find(({ sample }) => sample.id === id);
      if (pair === undefined && place === undefined) missing.push(id);
      else parts.push(await exportIssue(folder, { pair, place, decision: state.inForce.get(id) }, options.signal));
    }
    return { markdown: parts.join('\n---\n\n'), exported: parts.length, missing, warnings };
  } finally {
    source?.dispose();
  }
}

export type IssueSubject = { readonly pair: ReviewPair | undefined; readonly place: FoundSample | undefined; readonly decision: Decision | undefined };

/** One of them. The proposed label is the one that was decided on, else the prediction where the judge called the label wrong. */
export async function exportIssue(folder: ReviewFolder, { pair, place, decision }: IssueSubject, signal = new AbortController().signal): Promise<string> {
  const sample = place?.sample ?? pair?.sample;
  if (sample === undefined) throw new Error('an issue is about a sample');
  const proposed = proposedLabel(pair, decision);
  const change = place === undefined || proposed === undefined || labelHash(proposed) === sample.labelHash ? undefined : await recordDiff(folder, place, proposed, signal);
  const evidence: IssueEvidence = {
    sample,
    place: place === undefined ? pair?.occurrence : { ...place.occurrence, line: place.line },
    comparison: pair?.comparison,
    violations: labelProblems(sample.label, sample.tools),
    decision: decision === undefined ? undefined : { ruling: decision.ruling, note: decision.note },
    judgement: pair?.judgement && judgementOf(pair.judgement),
    proposed,
    diff: change?.diff,
    noDiff: change?.noDiff ?? (place === undefined ? 'The sample stands in no dataset of the project.' : undefined),
  };
  return issueText(evidence);
}

function proposedLabel(pair: ReviewPair | undefined, decision: Decision | undefined): Label | undefined {
  if (decision !== undefined && changesLabel(decision)) return decision.label;
  return decision === undefined && pair?.judgement?.verdict === 'LABEL_WRONG' ? predictionToLabel(pair.prediction) : undefined;
}

function judgementOf({ verdict, votes, agreeing }: ReviewJudgement): IssueEvidence['judgement'] {
  const judges = [...new Set(votes.map(({ judge, simulated, order }) => (order === 'none' ? '' : `${judge}${simulated ? ' (simulated)' : ''}`)).filter((name) => name !== ''))];
  return { verdict, judges: judges.length === 0 ? ['a check without a judge'] : judges, agreeing, votes: votes.filter(({ order }) => order !== 'none').length, analysis: votes.find(({ verdict: said }) => said === verdict)?.analysis ?? votes[0]?.analysis ?? '' };
}

async function recordDiff({ files, datasets }: ReviewFolder, { sample, occurrence, text }: FoundSample, label: Label, signal: AbortSignal): Promise<{ readonly diff?: string; readonly noDiff?: string }> {
  const dataset = datasets.find(({ file }) => file === occurrence.file);
  if (dataset === undefined) return {};
  const change: LabelChange = { sampleId: sample.id, labelHash: sample.labelHash, to: { label }, origin: { source: 'person' } };
  const plan: FilePlan = await planFile(dataset, { files, changes: new Map([[sample.id, change]]), signal });
  const [beside] = plan.answers;
  const [answer] = beside?.changes ?? [];
  if (beside !== undefined && answer !== undefined) return { diff: laidOutDiff(files.relative(beside.path), answer.changed.text, applyEdits(answer.changed.text, answer.changed.edits)) };
  const changed = plan.changed.find((one) => one.text === text);
  if (changed === undefined) return { noDiff: plan.refused[0]?.message ?? 'The record cannot hold the proposed label.' };
  return { diff: laidOutDiff(occurrence.file, text, applyEdits(text, changed.edits)) };
}

/** A record on one line is laid out over several, on both sides, so that the diff can be read. */
function laidOutDiff(file: string, before: string, after: string): string {
  const [old, now] = [laidOut(before), laidOut(after)];
  return unifiedDiff(file, old, [trimEdit(old, { start: 0, end: old.length, newText: now })]);
}

function laidOut(text: string): string {
  if (text.includes('\n')) return `${text}\n`;
  const parsed = parseJson(text);
  return `${parsed.ok ? stringifyJson(parsed.value, 2) : text}\n`;
}
