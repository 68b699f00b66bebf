import type { Severity } from '../../src/core/rules/finding.ts';
import { severities } from '../../src/core/rules/finding.ts';
import type { RunDataset, RunFile } from './run.ts';
import { countBy, type RulePrecision } from './verdicts.ts';

/** What `--json` prints of each dataset and file. */
export function datasetRows(datasets: readonly RunDataset[]) {
  return datasets.map(({ name, files, milliseconds }) => ({
    name, milliseconds: Math.round(milliseconds), ...totals(files),
    files: files.map((file) => ({
      path: file.path, dialect: file.dialect, companionOnly: file.dialect === 'companion', confidence: Number(file.confidence.toFixed(3)), container: file.container, notes: file.notes,
      labels: file.labels, unheld: file.unheld, ...(file.failed === undefined ? {} : { failed: file.failed }), ...totals([file]),
    })),
  }));
}

function totals(files: readonly RunFile[]) {
  const findings = files.flatMap((file) => file.findings);
  return {
    records: sum(files, ({ records }) => records),
    samples: sum(files, ({ samples }) => samples),
    unreadable: sum(files, (file) => file.unreadable),
    severities: countBy(findings.map(({ severity }) => severity)),
    rules: countBy(findings.map(({ rule }) => rule)),
  };
}

export function printSummary(datasets: readonly RunDataset[], rules: readonly RulePrecision[]): void {
  for (const { name, files, milliseconds } of datasets) {
    const all = totals(files);
    console.log(`${name.padEnd(18)} ${files.length} files, ${all.records} records, ${all.samples} samples, ${all.unreadable} unreadable; ${severityText(all.severities)}; ${Math.round(milliseconds)} ms`);
    for (const file of files) {
      const { records, samples, unreadable, severities: found, rules: byRule } = totals([file]);
      if (files.length > 40 && file.failed === undefined && file.notes.length === 0 && unreadable === 0 && file.confidence >= 0.5) continue;
      const what = file.dialect === 'companion' ? 'companion only' : `${file.dialect} ${file.confidence.toFixed(2)}`;
      console.log(`  ${file.path.padEnd(52)} ${what.padEnd(20)} ${records} records, ${samples} samples, ${unreadable} unreadable; ${severityText(found)}  ${Object.entries(byRule).map(([rule, count]) => `${rule} ${count}`).join(', ')}${file.failed === undefined ? '' : `  FAILED: ${file.failed}`}`);
      for (const note of file.notes) console.log(`    ${note}`);
    }
  }
  console.log('');
  for (const { rule, findings, severities: found, looked, right, precision } of rules) {
    console.log(`${rule.padEnd(26)} ${String(findings).padStart(6)}  ${severityText(found).padEnd(44)} looked at ${String(looked).padStart(3)}, right ${String(right).padStart(3)}  ${intervalText(looked, precision)}`);
  }
}

function severityText(counts: Readonly<Record<string, number>>): string {
  return severities.map((severity) => `${counts[severity] ?? 0} ${severity}`).join(', ');
}

/** The document with its generated tables put in between their marks. */
export function withTables(text: string, datasets: readonly RunDataset[], rules: readonly RulePrecision[]): string {
  const tables: Readonly<Record<string, string>> = { datasets: datasetTable(datasets), rules: ruleTable(rules), matrix: matrix(datasets, rules), dialects: dialectTable(datasets) };
  return text.replace(/<!-- table: (\w+) -->[\s\S]*?<!-- end -->/g, (whole, name: string) => (Object.hasOwn(tables, name) ? `<!-- table: ${name} -->\n${tables[name] ?? ''}\n<!-- end -->` : whole));
}

function datasetTable(datasets: readonly RunDataset[]): string {
  const rows = datasets.map(({ name, files, milliseconds }) => {
    const all = totals(files);
    const companions = files.filter(({ dialect }) => dialect === 'companion').length;
    const dialects = [...new Set(files.filter(({ dialect, records }) => dialect !== 'companion' && dialect !== 'unknown' && records > 0).map(({ dialect }) => dialect))].join(', ');
    return [name, dialects, files.length - companions, companions, all.records, all.samples, all.unreadable, ...severities.map((severity) => all.severities[severity] ?? 0), Math.round(milliseconds / 10) * 10];
  });
  return markdown(['dataset', 'dialect', 'files', 'companions', 'records', 'samples', 'unreadable', 'errors', 'warnings', 'information', 'ms'], rows);
}

function ruleTable(rules: readonly RulePrecision[]): string {
  const found = rules.filter(({ findings }) => findings > 0);
  return markdown(['rule', 'severity', 'findings', 'looked at', 'right', 'precision', '95 % interval', 'taken away: right, wrong'], found.map(({ rule, severities: levels, findings, looked, right, precision, gone }) => [
    `[${rule}](rules/${rule}.md)`, severities.filter((severity) => (levels[severity] ?? 0) > 0).map((severity: Severity) => `${severity} ${levels[severity] ?? 0}`).join(', '), findings, looked, right,
    looked === 0 ? '' : precision.value.toFixed(2), looked === 0 ? '' : `${precision.low.toFixed(2)} to ${precision.high.toFixed(2)}`, gone.right + gone.wrong === 0 ? '' : `${gone.right}, ${gone.wrong}`,
  ]));
}

/** Per dataset and rule: findings, and in brackets right ones of those looked at. */
function matrix(datasets: readonly RunDataset[], rules: readonly RulePrecision[]): string {
  return markdown(['dataset', 'findings by rule (right of looked at)'], datasets.map(({ name }) => [
    name,
    rules.flatMap(({ rule, datasets: own }) => {
      const cell = Object.hasOwn(own, name) ? own[name] : undefined;
      return cell === undefined ? [] : [`${rule} ${cell.findings}${cell.looked === 0 ? '' : ` (${cell.right} of ${cell.looked})`}`];
    }).join(', ') || 'none',
  ]));
}

function dialectTable(datasets: readonly RunDataset[]): string {
  const files = datasets.flatMap((dataset) => dataset.files.map((file) => ({ ...file, dataset: dataset.name })));
  const dialects = [...new Set(files.map(({ dialect }) => dialect))].toSorted();
  return markdown(['dialect', 'datasets', 'samples', 'kinds of labels', 'not held by samples (samples)', 'unreadable records'], dialects.map((dialect) => {
    const own = files.filter((file) => file.dialect === dialect);
    return [dialect, [...new Set(own.map(({ dataset }) => dataset))].join(', '), sum(own, ({ samples }) => samples), merged(own.map(({ labels }) => labels)), merged(own.map(({ unheld }) => unheld)), sum(own, ({ unreadable }) => unreadable)];
  }));
}

function merged(all: readonly Readonly<Record<string, number>>[]): string {
  const counts = new Map<string, number>();
  for (const one of all) for (const [key, count] of Object.entries(one)) counts.set(key, (counts.get(key) ?? 0) + count);
  return [...counts].map(([key, count]) => `${key} ${count}`).join(', ');
}

function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function sum(files: readonly RunFile[], of: (file: RunFile) => number): number {
  return files.reduce((total, file) => total + of(file), 0);
}

function intervalText(looked: number, { value, low, high }: RulePrecision['precision']): string {
  return looked === 0 ? '' : `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}
