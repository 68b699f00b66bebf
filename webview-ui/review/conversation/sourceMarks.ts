import type { SourceLink } from '../../../src/protocol/review/item.ts';

/** A piece of a message's text, with the indexes of the links (in `ReviewItem.sources`) whose value stands there. */
export type TextPiece = { readonly from: number; readonly text: string; readonly links: readonly number[] };

/** Cuts the first `limit` characters of a text where values that arguments come from begin and end; overlapping values share pieces. */
export function textPieces(text: string, message: number, sources: readonly SourceLink[], limit = Infinity): TextPiece[] {
  // Never between the halves of a surrogate pair.
  const cut = Math.min(text.length, limit);
  const end = cut < text.length && /[\ud800-\udbff]/.test(text[cut - 1] ?? '') ? cut - 1 : cut;
  const spans = sources.flatMap((s, index) => (s.message === message && s.start !== undefined && s.end !== undefined && s.start < s.end && s.start < end && s.start >= 0 ? [{ index, from: s.start, to: Math.min(s.end, end) }] : []));
  const cuts = [...new Set([0, end, ...spans.flatMap((s) => [s.from, s.to])])].sort((a, b) => a - b);
  const pieces: TextPiece[] = [];
  cuts.forEach((from, i) => {
    const to = cuts[i + 1];
    if (to === undefined || to <= from) return;
    pieces.push({ from, text: text.slice(from, to), links: spans.filter((s) => s.from <= from && to <= s.to).map((s) => s.index) });
  });
  return pieces;
}

/** An argument of one of the answers; `path` leads from the call's arguments. */
export type ArgumentPlace = Pick<SourceLink, 'side' | 'call' | 'path'>;

/** Whether two places are the same argument, or one lies inside the other: a list's member belongs to its list. */
export function samePlace(a: ArgumentPlace, b: ArgumentPlace): boolean {
  return a.side === b.side && a.call === b.call && a.path.every((step, i) => i >= b.path.length || b.path[i] === step);
}

/** As `data-path` holds it: what an element of the answers says of the argument that it shows. */
export function placeOf(data: { readonly [name: string]: string | undefined }): ArgumentPlace | undefined {
  const { side, call, path } = data;
  if ((side !== 'label' && side !== 'prediction') || path === undefined || !Number.isInteger(Number(call ?? 'x'))) return undefined;
  try {
    const steps: unknown = JSON.parse(path);
    if (!Array.isArray(steps) || !steps.every((s): s is string | number => typeof s === 'string' || typeof s === 'number')) return undefined;
    return { side, call: Number(call), path: steps };
  } catch {
    return undefined;
  }
}

export function pathText(path: SourceLink['path']): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}
