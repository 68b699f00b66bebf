import { noCompanions, type Companions } from '../core/dataset/companions.ts';
import { readDataset, recogniseDialect } from '../core/dataset/dataset.ts';
import type { Dialect } from '../core/dataset/dialect.ts';
import { dialectById } from '../core/dataset/registry.ts';
import { startOfJson, skipWhitespace } from '../core/json/scanner.ts';
import { parseTree } from '../core/json/tree.ts';
import { containerOf } from '../core/jsonl/records.ts';
import { checkDataset } from '../core/rules/checkDataset.ts';
import type { Finding } from '../core/rules/finding.ts';
import { recommendedSettings, type RuleSettings } from '../core/rules/settings.ts';
import { Suppressions } from '../core/rules/suppression.ts';

/** A finding of an open document; which record it is of can be read off its place. */
export type DocumentFinding = Omit<Finding, 'record'>;

/** How a check is kept from holding up the server: it asks now and then whether to go on, and lets other work in. */
export type CheckControl = { readonly isStale: () => boolean; readonly pause: () => Promise<void> };

/** Findings of one line, ranges from the start of the line. */
type Line = { readonly start: number; readonly end: number; readonly findings: readonly DocumentFinding[] };
/** What the project of a document says of its findings. */
export type CheckSettings = { readonly rules: RuleSettings; readonly suppressions: Suppressions };
const outsideOfProjects: CheckSettings = { rules: recommendedSettings, suppressions: new Suppressions([]) };

type Checked = { readonly settings: CheckSettings; readonly text: string; readonly dialect: string; readonly lines: readonly Line[] };

/** Below this, a file is taken for something other than a dataset and left alone. */
const leastConfidence = 0.5;
const charactersBetweenPauses = 200_000;

/**
 * Keeps the findings of one open dataset. JSON Lines are checked line by line, and after an edit only the lines that it
 * touched; a JSON array, one record over several lines, a dialogue of many, and what is read with companion files are
 * checked as a whole. `companionsOf` finds the companion files of the document.
 */
export class DatasetDocument {
  private last: Checked | undefined;

  constructor(
    private readonly companionsOf: (dialect: Dialect) => Promise<Companions> = () => Promise.resolve(noCompanions),
    /** Id of the dialect that a person chose. */
    private readonly chosen?: string,
  ) {}

  /** All findings of the text, in order; undefined when it went stale on the way. Nothing for files that are no datasets. */
  async check(text: string, control: CheckControl, settings: CheckSettings = outsideOfProjects): Promise<readonly DocumentFinding[] | undefined> {
    const recognised = this.chosen === undefined ? recogniseLines(text) : dialectById(this.chosen);
    if (recognised === undefined) {
      this.last = undefined;
      return [];
    }
    if (!isLines(text) || recognised.unit === 'file' || recognised.companions !== undefined) {
      this.last = undefined;
      return this.checkWhole(text, recognised, control, settings);
    }
    const dialect = recognised.id;
    const before = this.last?.dialect === dialect && this.last.settings === settings ? this.last : undefined;
    const lines = await checkLines(text, dialect, before, control, settings);
    if (lines === undefined) return undefined;
    this.last = { settings, text, dialect, lines };
    return lines.flatMap((line) => line.findings.map((finding) => ({ ...finding, range: { start: finding.range.start + line.start, end: finding.range.end + line.start } })));
  }

  private async checkWhole(text: string, dialect: Dialect, control: CheckControl, { rules, suppressions }: CheckSettings): Promise<readonly DocumentFinding[] | undefined> {
    const companions = dialect.companions === undefined ? noCompanions : await this.companionsOf(dialect);
    if (control.isStale()) return undefined;
    return checkDataset(text, readDataset(text, { file: '', dialect: dialect.id, steps: 'all', companions }), rules, suppressions);
  }
}

/** JSON Lines whose first record ends on its line. */
function isLines(text: string): boolean {
  if (containerOf(text) === 'array') return false;
  const start = skipWhitespace(text, startOfJson(text));
  const first = parseTree(text, { offset: start });
  return !first.ok || !text.slice(start, first.node.end).includes('\n');
}

const linesLookedAt = 20;

/** Nothing for files that are taken for something other than a dataset. */
function recogniseLines(text: string): Dialect | undefined {
  let end = isLines(text) ? 0 : text.length;
  for (let line = 0; line < linesLookedAt && end < text.length; line += 1) end = endOfLine(text, end) + 1;
  const { dialect, confidence } = recogniseDialect(text.slice(0, end));
  return confidence < leastConfidence ? undefined : dialect;
}

async function checkLines(text: string, dialect: string, before: Checked | undefined, control: CheckControl, settings: CheckSettings): Promise<Line[] | undefined> {
  const kept = before === undefined ? { head: [], tail: [] } : untouched(before, text);
  const lines = [...kept.head];
  const stop = kept.tail[0]?.start ?? text.length;
  const lastKept = kept.head.at(-1);
  let sincePause = 0;
  for (let start = lastKept === undefined ? 0 : lastKept.end + 1; start < stop; ) {
    const end = endOfLine(text, start);
    lines.push({ start, end, findings: checkLine(text.slice(start, end), dialect, settings) });
    sincePause += end - start;
    start = end + 1;
    if (sincePause < charactersBetweenPauses) continue;
    sincePause = 0;
    await control.pause();
    if (control.isStale()) return undefined;
  }
  return lines.concat(kept.tail);
}

function checkLine(line: string, dialect: string, { rules, suppressions }: CheckSettings): readonly DocumentFinding[] {
  if (line.trim() === '') return [];
  return checkDataset(line, readDataset(line, { file: '', dialect, steps: 'all' }), rules, suppressions).map(({ record: _, ...finding }) => finding);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Lines, with their line ends, that stand before and behind all that differs; those behind moved along. */
function untouched(before: Checked, text: string): { readonly head: readonly Line[]; readonly tail: readonly Line[] } {
  const shorter = Math.min(before.text.length, text.length);
  const prefix = commonLength(shorter, (from, to) => before.text.slice(from, to) === text.slice(from, to));
  if (prefix === before.text.length && prefix === text.length) return { head: before.lines, tail: [] };
  const suffix = commonLength(shorter - prefix, (from, to) => sliceFromEnd(before.text, from, to) === sliceFromEnd(text, from, to));
  const headEnd = firstIndex(before.lines, (line) => line.end >= prefix);
  // A line is the same only if the line end before it is.
  const tailStart = Math.max(headEnd, firstIndex(before.lines, (line) => line.start > before.text.length - suffix));
  const shift = text.length - before.text.length;
  return { head: before.lines.slice(0, headEnd), tail: before.lines.slice(tailStart).map((line) => ({ ...line, start: line.start + shift, end: line.end + shift })) };
}

function sliceFromEnd(text: string, from: number, to: number): string {
  return text.slice(text.length - to, text.length - from);
}

/** Length of what is common, at most `limit`; comparing slices is far quicker than comparing characters. */
function commonLength(limit: number, same: (from: number, to: number) => boolean): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (same(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** First index for which the condition holds, which from there on it does; the length when it never does. */
function firstIndex(lines: readonly Line[], condition: (line: Line) => boolean): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const line = lines[middle];
    if (line !== undefined && condition(line)) high = middle;
    else low = middle + 1;
  }
  return low;
}
