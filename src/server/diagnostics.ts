import { DiagnosticSeverity, DiagnosticTag, type ClientCapabilities, type Diagnostic } from 'vscode-languageserver/node';
import { severities, type Severity } from '../core/rules/finding.ts';
import { clippedText, visibleText } from '../core/text/visibleText.ts';
import type { LiveDataset } from './dataset/liveDataset.ts';
import type { DocumentFinding } from './documents.ts';
import { rangeIn } from './ranges.ts';

/** Editors show at most 1,000 per document and cut the rest silently. */
const mostShown = 900;

/** The code of the line that tells of findings that are left out; its `data` is `MoreData`. */
export const moreFindings = 'more-findings';
export type MoreData = { readonly rule: typeof moreFindings; readonly shown: number; readonly total: number };

/** What a diagnostic carries, so that its finding is found again. */
export type DiagnosticData = { readonly rule: string; readonly record: number; readonly sampleId?: string };

/** What these find is left over. */
const unnecessary: ReadonlySet<string> = new Set(['argument-equals-default', 'unknown-argument', 'duplicate-call', 'duplicate-sample', 'duplicate-tool', 'restated-tool']);

const severityCodes: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/**
 * What is known of a dataset as diagnostics: the worst findings where there are too many, with a note that says how many are
 * left out. `others` are diagnostics of other sources, which stand behind errors and before the rest.
 */
export function toDiagnostics(dataset: LiveDataset, client: ClientCapabilities, others: readonly Diagnostic[] = []): Diagnostic[] {
  const shown = (findings: readonly DocumentFinding[]): Diagnostic[] => findings.map((finding) => toDiagnostic(dataset, client, finding));
  const total = severities.reduce((sum, severity) => sum + dataset.known[severity], others.length);
  if (total <= mostShown) return [...shown(dataset.first(severities, mostShown)), ...others];
  const worst: Diagnostic[] = [];
  for (const severity of severities) {
    worst.push(...shown(dataset.first([severity], mostShown - 1 - worst.length)));
    if (severity === 'error') worst.push(...others.slice(0, mostShown - 1 - worst.length));
  }
  const data: MoreData = { rule: moreFindings, shown: worst.length, total };
  const note: Diagnostic = {
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
    severity: DiagnosticSeverity.Information,
    source: 'looptool',
    code: moreFindings,
    message: `${total - worst.length} more findings are not shown here; the findings view lists all of them.`,
    data,
  };
  return [note, ...worst];
}

function toDiagnostic(dataset: LiveDataset, client: ClientCapabilities, finding: DocumentFinding): Diagnostic {
  const { document, uri } = dataset;
  const { rule, record, sampleId, related, tool } = finding;
  const data: DiagnosticData = { rule, record, ...(sampleId === undefined ? {} : { sampleId }) };
  const places = [
    ...(related === undefined ? [] : [{ message: 'the other sample', range: related.range }]),
    ...(tool === undefined ? [] : [{ message: 'the definition of the tool', range: tool }]),
  ];
  // Clients that show no other places read of them in the message.
  const showsRelated = client.textDocument?.diagnostic?.relatedInformation ?? client.textDocument?.publishDiagnostics?.relatedInformation ?? false;
  const said = shownMessage(finding.message);
  const message = related === undefined || showsRelated ? said : `${said} (line ${document.positionAt(related.range.start).line + 1})`;
  return {
    range: rangeIn(dataset, finding.range),
    severity: severityCodes[finding.severity],
    source: 'looptool',
    code: rule,
    message,
    ...(unnecessary.has(rule) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(showsRelated && places.length > 0 ? { relatedInformation: places.map((place) => ({ message: place.message, location: { uri, range: rangeIn(dataset, place.range) } })) } : {}),
    data,
  };
}

const longestMessage = 2000;

/** Messages quote the dataset: nothing in them hides, and none is longer than anybody reads. */
export function shownMessage(message: string): string {
  const { text, hidden } = clippedText(message, longestMessage);
  return `${visibleText(text)}${hidden === 0 ? '' : `… ${hidden} more characters`}`;
}
