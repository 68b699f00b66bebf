import { Diagnostic, DiagnosticSeverity, languages, Range, Uri, type DiagnosticCollection, type Disposable } from 'vscode';
import { severities, type Severity } from '../../core/rules/finding.ts';
import type { CheckedFiles } from '../../protocol/checkedFiles.ts';
import type { LanguageSupport } from '../language/languageSupport.ts';
import { ruleUri } from '../language/rulePages.ts';

/** The editor drops what is above a thousand for a file, and nobody reads so many problems of files that are not open. */
const mostOfFile = 900;
const mostOfAll = 10_000;

/** What *Check dataset* found in files that are not open, among the Problems. As soon as the server opens a file, its findings are the server's. */
export class CheckedProblems implements Disposable {
  #collection: DiagnosticCollection | undefined;
  readonly #subscription: Disposable;

  constructor(private readonly language: LanguageSupport) {
    this.#subscription = language.onDidOpen(({ uri }) => this.#collection?.delete(uri));
  }

  show(files: CheckedFiles): void {
    this.#collection ??= languages.createDiagnosticCollection('looptool-check');
    this.#collection.clear();
    let room = mostOfAll;
    for (const { path, container, findings } of files) {
      const uri = Uri.file(path);
      if (container === 'parquet' || findings.length === 0 || this.language.isOpen(uri)) continue;
      const worst = findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity)).slice(0, Math.min(mostOfFile, room));
      room -= worst.length;
      this.#collection.set(uri, worst.map(toDiagnostic));
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#collection?.dispose();
  }
}

function toDiagnostic({ rule, severity, message, line, column, endLine, endColumn }: CheckedFiles[number]['findings'][number]): Diagnostic {
  const diagnostic = new Diagnostic(new Range(line - 1, column - 1, endLine - 1, endColumn - 1), message, severityOf(severity));
  diagnostic.source = 'looptool';
  diagnostic.code = { value: rule, target: ruleUri(rule) };
  return diagnostic;
}

function severityOf(severity: Severity): DiagnosticSeverity {
  return severity === 'error' ? DiagnosticSeverity.Error : severity === 'warning' ? DiagnosticSeverity.Warning : DiagnosticSeverity.Information;
}
