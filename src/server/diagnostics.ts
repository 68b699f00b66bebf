import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { severities, type Severity } from '../core/rules/finding.ts';
import type { DocumentFinding } from './documents.ts';

/** Editors show at most 1,000 per document and cut the rest silently. */
const mostShown = 900;

const severityCodes: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** Findings as diagnostics: the worst ones where there are too many, with a note that says how many are left out. */
export function toDiagnostics(document: TextDocument, findings: readonly DocumentFinding[]): Diagnostic[] {
  if (findings.length <= mostShown) return findings.map((finding) => toDiagnostic(document, finding));
  const worst = [...findings].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity)).slice(0, mostShown - 1);
  const note: Diagnostic = {
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
    severity: DiagnosticSeverity.Information,
    source: 'looptool',
    code: 'more-findings',
    message: `${findings.length - worst.length} more findings are not shown; run "looptool validate" for all of them.`,
  };
  return [note, ...worst.map((finding) => toDiagnostic(document, finding))];
}

function toDiagnostic(document: TextDocument, finding: DocumentFinding): Diagnostic {
  return {
    range: { start: document.positionAt(finding.range.start), end: document.positionAt(finding.range.end) },
    severity: severityCodes[finding.severity],
    source: 'looptool',
    code: finding.rule,
    message: finding.message,
    ...(finding.sampleId === undefined ? {} : { data: { sampleId: finding.sampleId } }),
  };
}
