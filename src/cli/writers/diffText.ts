import type { DatasetDiff, Listed, ListedPair, ListedPairs, ListedSample, SideSummary } from '../../app/datasets/diff.ts';
import type { SampleAt } from '../../app/datasets/diffSide.ts';

/** How two datasets differ, for people. */
export function diffText(diff: DatasetDiff): string {
  const { before, after, same, moved } = diff;
  const lines = [
    `- ${sideText(before)}`,
    `+ ${sideText(after)}`,
    ...pairLines('labels changed', diff.labelChanged),
    ...pairLines('contexts changed', diff.contextChanged),
    ...sampleLines('-', 'removed', diff.removed),
    ...sampleLines('+', 'added', diff.added),
    ...sampleLines('-', 'copies fewer', diff.copiesRemoved),
    ...sampleLines('+', 'copies more', diff.copiesAdded),
    `${diff.different ? '' : 'No difference: '}${same} samples are the same${moved > 0 ? `, ${moved} of them in another place` : ''}`,
  ];
  return lines.join('\n');
}

function sideText({ path, dialects, records, samples, unreadable }: SideSummary): string {
  return `${path}: ${dialects.join(', ')}, ${records} records, ${samples} samples${unreadable > 0 ? `; ${unreadable} records that cannot be read are left out` : ''}`;
}

function pairLines(title: string, { count, first, kinds }: ListedPairs): readonly string[] {
  if (count === 0) return [];
  const known = Object.entries(kinds).map(([kind, number]) => `${kind} ${number}`);
  const lines = first.flatMap(({ before, after, changes }) => [`  ${placeText(before)} → ${placeText(after)}`, ...changes.map(({ message }) => `      ${message}`)]);
  return [`${count} ${title}${known.length === 0 ? '' : `: ${known.join(', ')}`}`, ...lines, ...moreLine(count, first.length)];
}

function sampleLines(sign: string, title: string, { count, first }: Listed<ListedSample>): readonly string[] {
  if (count === 0) return [];
  return [`${count} ${title}`, ...first.map((one) => `  ${sign} ${placeText(one)}${one.id === undefined ? '' : ` ${one.id}`}`), ...moreLine(count, first.length)];
}

function moreLine(count: number, shown: number): readonly string[] {
  return count > shown ? [`  … ${count - shown} more (--limit)`] : [];
}

function placeText({ path, line }: SampleAt): string {
  return `${path}:${line + 1}`;
}

/** Plain data for programs: places count from 1. */
export function diffJson(diff: DatasetDiff): unknown {
  const samples = ({ count, first }: Listed<ListedSample>) => ({ count, first: first.map(({ id, ...at }) => ({ id, ...fromOne(at) })) });
  const pairs = ({ count, kinds, first }: ListedPairs) => ({
    count,
    kinds,
    first: first.map(({ id, before, after, changes }: ListedPair) => ({ id, before: fromOne(before), after: fromOne(after), changes })),
  });
  return {
    ...diff,
    added: samples(diff.added),
    removed: samples(diff.removed),
    labelChanged: pairs(diff.labelChanged),
    contextChanged: pairs(diff.contextChanged),
    copiesAdded: samples(diff.copiesAdded),
    copiesRemoved: samples(diff.copiesRemoved),
  };
}

function fromOne({ path, record, line }: SampleAt): SampleAt {
  return { path, record: record + 1, line: line + 1 };
}
