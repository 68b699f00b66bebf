import type { z } from 'zod';
import { severities } from '../core/rules/finding.ts';
import type { findingsParamsSchema, FindingGroup, FindingsResult, ListedFinding } from '../protocol/lsp/findings.ts';
import type { LiveDataset } from './dataset/liveDataset.ts';
import { shownMessage } from './diagnostics.ts';
import type { DocumentFinding } from './documents.ts';
import { rangeIn } from './ranges.ts';

/** One page of the findings that are known. */
export function findingsPage(dataset: LiveDataset, params: z.output<typeof findingsParamsSchema>): FindingsResult {
  const all = dataset.findings ?? dataset.first(severities, Infinity);
  const text = params.text?.toLowerCase();
  const groups = new Map<string, { group: FindingGroup; count: number }>();
  const page: ListedFinding[] = [];
  let total = 0;
  for (const finding of all) {
    if (params.severity !== undefined && finding.severity !== params.severity) continue;
    if (text !== undefined && !finding.message.toLowerCase().includes(text)) continue;
    const key = `${finding.rule}\n${finding.severity}\n${finding.toolName ?? ''}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { group: { rule: finding.rule, severity: finding.severity, count: 0, ...(finding.toolName === undefined ? {} : { tool: finding.toolName }) }, count: 1 });
    else known.count += 1;
    if ((params.rule !== undefined && finding.rule !== params.rule) || (params.tool !== undefined && finding.toolName !== params.tool)) continue;
    if (total >= params.offset && page.length < params.limit) page.push(listed(dataset, finding));
    total += 1;
  }
  return { version: dataset.document.version, complete: dataset.isChecked, total, groups: [...groups.values()].map(({ group, count }) => ({ ...group, count })), findings: page };
}

function listed(dataset: LiveDataset, { rule, severity, message, range, record, toolName, sampleId }: DocumentFinding): ListedFinding {
  return {
    rule,
    severity,
    message: shownMessage(message),
    range: rangeIn(dataset, range),
    record,
    ...(toolName === undefined ? {} : { tool: toolName }),
    ...(sampleId === undefined ? {} : { sampleId }),
  };
}
