import type { CheckedFile } from '../../app/datasets/checkDatasets.ts';
import type { PlacedFinding } from '../../app/datasets/fileChecker.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { lazily } from './jsonPieces.ts';

/** Findings as lines `file:line:column severity rule: message`, and a summary of each file; the text in pieces. */
export function humanFindings(files: readonly CheckedFile[]): Iterable<string> {
  return joined(files, humanFile);
}

function* humanFile({ path, dialect, confidence, records, samples, findings, counts, severities, known, notes }: CheckedFile): Generator<string> {
  for (const note of notes) yield `${path}: ${note}`;
  let fixable = 0;
  for (const finding of findings) {
    if (finding.fixable) fixable += 1;
    yield `${path}:${finding.line + 1}:${finding.column + 1} ${finding.severity} ${finding.rule}: ${finding.message}`;
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const errors = severities.get('error') ?? 0;
  const warnings = severities.get('warning') ?? 0;
  const what = dialect === 'unknown' ? 'no known dialect' : `${dialect}${confidence < 1 ? ` (${Math.round(confidence * 100)} % sure)` : ''}`;
  const summary = `${path}: ${what}, ${records} records, ${samples} samples, ${errors} errors, ${warnings} warnings, ${all - errors - warnings} notes`;
  const more = [
    ...(all > findings.length ? [`${all - findings.length} more findings are counted, not shown`] : []),
    ...(known > 0 ? [`${known} known to the baseline`] : []),
    ...(fixable > 0 ? [`${fixable} can be put right safely with --fix`] : []),
  ];
  yield more.length === 0 ? summary : `${summary}; ${more.join('; ')}`;
}

/** The lines of all files, with line ends between them. */
function* joined(files: readonly CheckedFile[], linesOf: (file: CheckedFile) => Iterable<string>): Generator<string> {
  let isFirst = true;
  for (const file of files) {
    for (const line of linesOf(file)) {
      yield isFirst ? line : `\n${line}`;
      isFirst = false;
    }
  }
}

function* mapped<From, To>(items: Iterable<From>, change: (item: From) => To): Generator<To> {
  for (const item of items) yield change(item);
}

/** Plain data for programs: places count from 1. The findings are lists for `jsonPieces`. */
export function jsonFindings(files: readonly CheckedFile[]): unknown {
  return files.map(({ findings, counts, severities, prints: _prints, fixed: _fixed, absolute: _absolute, ...file }) => ({
    ...file,
    counts: Object.fromEntries(counts),
    severities: Object.fromEntries(severities),
    findings: lazily(() => mapped(findings, ({ print: _print, ...finding }) => ({ ...finding, ...fromOne(finding) }))),
  }));
}

function fromOne({ record, line, column, endLine, endColumn }: Omit<PlacedFinding, 'print'>): Pick<PlacedFinding, 'record' | 'line' | 'column' | 'endLine' | 'endColumn'> {
  return { record: record + 1, line: line + 1, column: column + 1, endLine: endLine + 1, endColumn: endColumn + 1 };
}

const githubLevels = { error: 'error', warning: 'warning', information: 'notice' } as const;

/** Workflow commands that GitHub shows as annotations of the changed files. */
export function githubFindings(files: readonly CheckedFile[]): Iterable<string> {
  return joined(files, ({ path, findings }) => mapped(findings, (finding) => annotation(path, finding)));
}

function annotation(path: string, { rule, severity, message, line, column, endLine, endColumn }: PlacedFinding): string {
  const at = `file=${property(path)},line=${line + 1},col=${column + 1},endLine=${endLine + 1},endColumn=${endColumn + 1}`;
  return `::${githubLevels[severity]} ${at},title=${property(rule)}::${data(message)}`;
}

/** Text of a workflow command; per cent, line ends and (in properties) colon and comma are escaped as GitHub documents it. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

const sarifLevels = { error: 'error', warning: 'warning', information: 'note' } as const;
const informationUri = 'https://arxiv.org/abs/2511.09148';

/** SARIF 2.1.0 (OASIS), as code scanning takes it. The results are a list for `jsonPieces`. */
export function sarifFindings(files: readonly CheckedFile[], version: string): unknown {
  const shown = new Set<string>();
  for (const { findings } of files) for (const { rule } of findings) shown.add(rule);
  const used = [...shown].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'looptool', version, informationUri, rules: used.map(sarifRule) } },
        columnKind: 'utf16CodeUnits',
        results: lazily(() => sarifResults(files, used)),
      },
    ],
  };
}

function* sarifResults(files: readonly CheckedFile[], used: readonly string[]): Generator<unknown> {
  for (const { path, findings } of files) for (const finding of findings) yield sarifResult(path, finding, used);
}

function sarifRule(id: string): unknown {
  const docs = rules.find((rule) => rule.id === id)?.docs;
  return docs === undefined ? { id } : { id, shortDescription: { text: docs.summary }, fullDescription: { text: docs.why } };
}

function sarifResult(path: string, finding: PlacedFinding, used: readonly string[]): unknown {
  const { rule, severity, message, line, column, endLine, endColumn, print } = finding;
  return {
    ruleId: rule,
    ruleIndex: used.indexOf(rule),
    level: sarifLevels[severity],
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(path) }, region: { startLine: line + 1, startColumn: column + 1, endLine: endLine + 1, endColumn: endColumn + 1 } } }],
    ...(print === '' ? {} : { partialFingerprints: { 'looptool/v1': print } }),
  };
}
