import { severities, type Severity } from '../../core/rules/finding.ts';

/** Where a finding shows in a text: lines and UTF-16 columns from 0, `end` exclusive. */
export type TextPlace = { readonly line: number; readonly character: number; readonly endLine: number; readonly endCharacter: number };

export type ListedFinding = {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** Uri of the file. */
  readonly file: string;
  /** From 0. */
  readonly record: number;
  /** Undefined for a file without text, such as Parquet. */
  readonly place: TextPlace | undefined;
  /** The tool that it is about. */
  readonly tool: string | undefined;
};

export type Grouping = 'rule' | 'tool';

export type FindingFilter = { readonly severities: readonly Severity[]; /** Words that all have to stand in message, rule, tool or file name. */ readonly text: string };

export const noFilter: FindingFilter = { severities, text: '' };

export type FindingGroup = {
  /** Rule or tool; empty for what is about no tool. */
  readonly key: string;
  readonly severity: Severity;
  readonly findings: readonly ListedFinding[];
};

export function filtered(findings: readonly ListedFinding[], filter: FindingFilter): readonly ListedFinding[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0 && filter.severities.length === severities.length) return findings;
  return findings.filter((finding) => {
    if (!filter.severities.includes(finding.severity)) return false;
    if (words.length === 0) return true;
    const text = `${finding.message}\n${finding.rule}\n${finding.tool ?? ''}\n${nameOf(finding.file)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Groups, the worst first, then the largest; findings in the order in which they came. */
export function grouped(findings: readonly ListedFinding[], by: Grouping): readonly FindingGroup[] {
  const groups = new Map<string, ListedFinding[]>();
  for (const finding of findings) {
    const key = by === 'rule' ? finding.rule : (finding.tool ?? '');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups]
    .map(([key, members]) => ({ key, severity: worst(members), findings: members }))
    .sort((a, b) => rank(a.severity) - rank(b.severity) || b.findings.length - a.findings.length || (a.key < b.key ? -1 : 1));
}

/** Last part of a uri's path, as people read it. */
export function nameOf(uri: string): string {
  const name = uri.split('/').at(-1) ?? uri;
  try {
    return decodeURIComponent(name);
  } catch {
    // A lone per cent sign.
    return name;
  }
}

function worst(findings: readonly ListedFinding[]): Severity {
  return findings.reduce<Severity>((found, { severity }) => (rank(severity) < rank(found) ? severity : found), 'information');
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}
