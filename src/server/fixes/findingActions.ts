import type { Diagnostic } from 'vscode-languageserver/node';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import type { ServerContext } from '../feature.ts';
import { quickFix, type Draft } from './draft.ts';
import { recordEdit, workspaceEdit } from './editorEdits.ts';
import { labelDraft } from './labelDraft.ts';
import type { LabelSources } from './labelSources.ts';
import { possibleFixes, type PlacedHit } from './recordActions.ts';

/** The fixes of one finding as quick fixes, without those whose edits another finding has `offered`. */
export function fixDrafts(server: ServerContext, dataset: OpenDataset, placed: PlacedHit, diagnostics: readonly Diagnostic[], sources: LabelSources, offered: Set<string>): readonly Draft[] {
  const fixes = possibleFixes(placed).filter(({ edits }) => {
    const key = JSON.stringify(edits);
    return !offered.has(key) && offered.add(key);
  });
  const { record, hit } = placed;
  return fixes.map(({ title, safe, edits }) => ({
    action: { ...quickFix(title, diagnostics), ...(safe && fixes.length === 1 ? { isPreferred: true } : {}) },
    make: () => {
      sources.remember(record, edits, `rule:${hit.rule}`);
      return recordEdit(server.client, dataset, record, edits);
    },
  }));
}

/** Rules whose findings go away with their record. */
const removedByRecord: ReadonlySet<string> = new Set(['duplicate-sample', 'near-duplicate-sample', 'benchmark-leak']);

/** Takes a record out, with its line, or with its comma in a list. */
export function removalDraft(server: ServerContext, dataset: OpenDataset, record: RecordView, rule: string, diagnostics: readonly Diagnostic[]): Draft | undefined {
  if (!removedByRecord.has(rule) || record.dialect.unit === 'file' || record.samples.length > 1) return undefined;
  const { document } = dataset;
  return {
    action: quickFix('Remove the record', diagnostics),
    make: () => workspaceEdit([{ document, version: document.version, edits: [removal(document.getText(), record.span.start, record.span.end)] }], server.client),
  };
}

function removal(text: string, start: number, end: number): { readonly start: number; readonly end: number; readonly newText: string } {
  const after = /^\s*/.exec(text.slice(end, end + 64))?.[0].length ?? 0;
  if (text[end + after] === ',') {
    const next = /^\s*/.exec(text.slice(end + after + 1, end + after + 65))?.[0].length ?? 0;
    return { start, end: end + after + 1 + next, newText: '' };
  }
  const before = /\s*$/.exec(text.slice(Math.max(0, start - 64), start))?.[0].length ?? 0;
  if (text[start - before - 1] === ',') return { start: start - before - 1, end, newText: '' };
  const lineEnd = /^[ \t]*(?:\r\n|\n|\r)/.exec(text.slice(end, end + 64))?.[0].length;
  if (lineEnd !== undefined) return { start, end: end + lineEnd, newText: '' };
  // The last line goes with the break before it.
  const lineBreak = /(?:\r\n|\n|\r)$/.exec(text.slice(Math.max(0, start - 2), start))?.[0].length ?? 0;
  return { start: start - lineBreak, end, newText: '' };
}

/** Labels of the same sample elsewhere in the document that are offered. */
const mostOtherLabels = 4;

/** Of labels that contradict each other, each of the others as the label of this record. */
export function otherLabelDrafts(server: ServerContext, dataset: OpenDataset, record: RecordView, sampleId: string, diagnostics: readonly Diagnostic[], sources: LabelSources): readonly Draft[] {
  const read = record.samples.find(({ sample }) => sample.id === sampleId);
  if (read === undefined) return [];
  const seen = new Set([read.sample.labelHash]);
  const drafts: Draft[] = [];
  for (const finding of dataset.findings ?? []) {
    if (finding.rule !== contradicting || finding.sampleId !== sampleId) continue;
    const other = dataset.recordAt(finding.range.start)?.samples.find(({ sample }) => sample.id === sampleId && !seen.has(sample.labelHash))?.sample;
    if (other === undefined) continue;
    seen.add(other.labelHash);
    const title = `Take the label of line ${dataset.document.positionAt(finding.range.start).line + 1}`;
    const draft = labelDraft({ server, dataset, record, read, sources }, quickFix(title, diagnostics), other.label, `rule:${contradicting}`);
    if (draft === undefined) continue;
    drafts.push(draft);
    if (drafts.length >= mostOtherLabels) break;
  }
  return drafts;
}

export const contradicting = 'contradicting-labels';
