import type { Span } from '../json/stringMap.ts';
import type { CursorLayer } from './layers.ts';

/** What can be written at a cursor, in offsets of the layer: `range` is replaced by it. */
export type Opening = {
  readonly slot: 'key' | 'value' | 'name';
  readonly range: Span;
  /** The key is not there yet: its value is written with it. */
  readonly isNew: boolean;
  /** A comma has to follow. */
  readonly comma: boolean;
  readonly syntax: 'json' | 'python' | 'keyword';
  readonly quote: '"' | "'";
};

/** A way to make a layer readable without losing the cursor: insertions and removals, ascending. `probe` counts from the cursor in the changed text. */
export type Repair = { readonly edits: readonly (Span & { readonly newText: string })[]; readonly probe: number; readonly opening: Opening };

/** Stands for a key that is not written yet. */
export const newKey = '__new__';

/** No record can be read that is nested deeper. */
const deepestFrames = 512;
/** So many of the containers that are open, from the innermost, are closed in turn: a call stands no deeper in one text. */
const mostClosed = 24;

/** Ways to read the text around a cursor, likely ones first; the first has no edits where the text may be whole. */
export function repairsAt(layer: CursorLayer): readonly Repair[] {
  const bases = basesAt(layer);
  const { frames } = layer.open;
  if (frames.length > deepestFrames) return [];
  const closers = frames.map(({ open }) => (open === '{' ? '}' : open === '[' ? ']' : ')')).reverse();
  const rest = layer.text.slice(layer.cursor);
  const mark = layer.open.tag === undefined || rest.includes(`</${layer.open.tag.slice(1)}`) ? '' : `\n</${layer.open.tag.slice(1)}`;
  const cut = bases.map((base) => closedAt(layer, base, closers.join('') + mark, true));
  const partly = closers.slice(0, mostClosed).flatMap((_, index) => bases.map((base) => closedAt(layer, base, closers.slice(0, index + 1).join('') + (index === closers.length - 1 ? mark : ''), false)));
  const marked = mark === '' ? [] : bases.map((base) => ({ ...base, edits: [...base.edits, { start: layer.text.length, end: layer.text.length, newText: mark }] }));
  return [...bases, ...marked, ...partly, ...cut];
}

/** The same with brackets closed behind the place, and with `rest` what follows left out. */
function closedAt(layer: CursorLayer, base: Repair, closers: string, rest: boolean): Repair {
  const last = base.edits.at(-1);
  const from = Math.max(last?.end ?? 0, base.opening.range.end);
  const end = rest ? layer.text.length : from;
  if (last?.end === from) return { ...base, edits: [...base.edits.slice(0, -1), { start: last.start, end, newText: last.newText.replace(/, $/, '') + closers }] };
  return { ...base, edits: [...base.edits, { start: from, end, newText: closers }] };
}

function basesAt(layer: CursorLayer): readonly Repair[] {
  const { open } = layer;
  const frame = open.frames.at(-1)?.open;
  if (frame === undefined || open.slot === 'none') return [];
  if (open.slot === 'key') return frame === '(' ? keywords(layer) : keys(layer);
  return values(layer);
}

function keys(layer: CursorLayer): readonly Repair[] {
  const { text, cursor, open } = layer;
  const { token } = open;
  const quote = quoteOf(layer);
  const common = { slot: 'key', syntax: quote === "'" ? 'python' : 'json', quote } as const;
  const nothing = quote === "'" ? 'None' : 'null';
  if (token === undefined) {
    const comma = /^\s*["']/.test(text.slice(cursor));
    return [{ edits: [insertion(cursor, `${quote}${newKey}${quote}: ${nothing}${comma ? ', ' : ''}`)], probe: 2, opening: { ...common, range: { start: cursor, end: cursor }, isNew: true, comma } }];
  }
  if (token.quote === '') return [];
  const close = endOfName(text, cursor);
  if (text.charAt(close) === token.quote) {
    const range = { start: token.start, end: close + 1 };
    const hasValue = /^\s*:/.test(text.slice(close + 1));
    const comma = !hasValue && /^\s*["']/.test(text.slice(close + 1));
    const opening = { ...common, range, isNew: !hasValue, comma };
    return [{ edits: hasValue ? [] : [insertion(close + 1, `: ${nothing}${comma ? ', ' : ''}`)], probe: 0, opening }];
  }
  const comma = /^\s*["']/.test(text.slice(cursor));
  return [{ edits: [insertion(cursor, `${token.quote}: ${nothing}${comma ? ', ' : ''}`)], probe: 0, opening: { ...common, range: { start: token.start, end: cursor }, isNew: true, comma } }];
}

function keywords(layer: CursorLayer): readonly Repair[] {
  const { text, cursor, open } = layer;
  const common = { slot: 'key', syntax: 'keyword', quote: quoteOf(layer) } as const;
  if (open.token === undefined) {
    const comma = /^\s*[A-Za-z_]/.test(text.slice(cursor));
    return [{ edits: [insertion(cursor, `${newKey}=None${comma ? ', ' : ''}`)], probe: 1, opening: { ...common, range: { start: cursor, end: cursor }, isNew: true, comma } }];
  }
  if (open.token.quote !== '') return [];
  const end = endOfName(text, cursor);
  const hasValue = /^\s*=/.test(text.slice(end));
  return [{ edits: hasValue ? [] : [insertion(end, '=None')], probe: 0, opening: { ...common, range: { start: open.token.start, end }, isNew: !hasValue, comma: false } }];
}

function values(layer: CursorLayer): readonly Repair[] {
  const { text, cursor, open } = layer;
  const { token } = open;
  const python = isPython(layer);
  const common = { slot: 'value', isNew: false, comma: false, syntax: python ? 'python' : 'json', quote: quoteOf(layer) } as const;
  const nothing = python ? 'None' : 'null';
  if (token === undefined) {
    const next = /^\s*([^\s]?)/.exec(text.slice(cursor));
    const here = { start: cursor, end: cursor };
    const before = { edits: [insertion(cursor, `${nothing}, `)], probe: 0, opening: { ...common, range: here, comma: true } };
    if (/^[,}\])<]?$/.test(next?.[1] ?? '')) return [{ edits: [insertion(cursor, nothing)], probe: 0, opening: { ...common, range: here } }];
    const start = cursor + (next?.[0].length ?? 1) - 1;
    const frame = open.frames.at(-1)?.open;
    if (/[[{]/.test(next?.[1] ?? '')) {
      // In front of a list or an object that is the value already there is nothing to write; on a line of its own it may be another call.
      return frame === '[' || next?.[0].includes('\n') === true ? [before] : [];
    }
    const whole: Repair = { edits: [], probe: start - cursor, opening: { ...common, range: { start: cursor, end: endOfScalar(text, start) } } };
    return frame === '[' && layer.map !== undefined && /[A-Za-z_]/.test(next?.[1] ?? '') ? [...names(layer, start), whole, before] : [whole, before];
  }
  if (token.quote !== '') return quotedValues(layer, token.quote, { ...common, quote: token.quote });
  const end = endOfWord(text, cursor);
  const word = { edits: [{ start: token.start, end, newText: nothing }], probe: token.start - cursor, opening: { ...common, range: { start: token.start, end } } };
  return open.frames.at(-1)?.open === '[' && layer.map !== undefined ? [...names(layer, token.start), word] : [word];
}

/** A name that is written without quotes, at the place of a call in a Python list. */
function names({ text, cursor }: CursorLayer, start: number): readonly Repair[] {
  const end = endOfName(text, Math.max(start, cursor), / /);
  const called = text.charAt(end) === '(';
  const opening: Opening = { slot: 'name', range: { start, end }, isNew: !called, comma: false, syntax: 'keyword', quote: '"' };
  return [{ edits: called ? [] : [insertion(end, '()')], probe: Math.max(0, start - cursor), opening }];
}

/** The string as it stands, then one that ends at the cursor; each also with empty arguments behind it, for names of calls. */
function quotedValues({ text, cursor, open }: CursorLayer, quote: '"' | "'", common: Omit<Opening, 'range'>): readonly Repair[] {
  const start = open.token?.start ?? cursor;
  const close = closingOf(text, cursor, quote);
  const withArguments = `, ${quote}arguments${quote}: {}`;
  const whole: readonly Repair[] =
    close < 0
      ? []
      : ['', withArguments].map((more) => ({ edits: more === '' ? [] : [insertion(close + 1, more)], probe: 0, opening: { ...common, range: { start, end: close + 1 } } }));
  const cut: readonly Repair[] = ['', withArguments].map((more) => ({ edits: [insertion(cursor, quote + more)], probe: 0, opening: { ...common, range: { start, end: cursor } } }));
  const comma = /^\s*["']/.test(text.slice(cursor)) ? [{ edits: [insertion(cursor, `${quote}, `)], probe: 0, opening: { ...common, range: { start, end: cursor }, comma: true } }] : [];
  return [...whole, ...cut, ...comma];
}

function insertion(at: number, newText: string): Repair['edits'][number] {
  return { start: at, end: at, newText };
}

function closingOf(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === quote) return at;
  }
  return -1;
}

function endOfName(text: string, from: number, also = /(?!)/): number {
  let at = from;
  while (at < text.length && (/[\w./-]/.test(text.charAt(at)) || also.test(text.charAt(at)))) at += 1;
  return at;
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[^\s,:=()[\]{}"'<]/.test(text.charAt(at))) at += 1;
  return at;
}

function endOfScalar(text: string, start: number): number {
  const quote = text.charAt(start);
  if (quote !== '"' && quote !== "'") return endOfWord(text, start);
  const close = closingOf(text, start + 1, quote);
  return close < 0 ? start : close + 1;
}

/** Whether values are Python's: in arguments of Python calls, and in dicts with single quotes. */
function isPython(layer: CursorLayer): boolean {
  return layer.map !== undefined && (layer.open.frames.some(({ open }) => open === '(') || quoteOf(layer) === "'");
}

/** How strings are written around the cursor, by the first one in the containers that are open. */
function quoteOf({ text, open, map }: CursorLayer): '"' | "'" {
  if (map === undefined) return '"';
  if (open.token !== undefined && open.token.quote !== '') return open.token.quote;
  const innermost = open.frames.at(-1)?.start ?? 0;
  const start = open.frames.find(({ start: from }) => /[=:([{,]\s*["']/.test(text.slice(from, innermost + 200)))?.start ?? innermost;
  return /[=:([{,]\s*(["'])/.exec(text.slice(start, innermost + 200))?.[1] === "'" ? "'" : '"';
}
