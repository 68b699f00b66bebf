import { BYTE_TO_CHARACTER, PRE_TOKEN, SPACE, toAlphabet } from './byteAlphabet.ts';
import { ByteLevelBpe, TOKEN_TYPE } from './byteLevelBpe.ts';

export type BpeTraining = {
  readonly texts: readonly string[];
  /** Words that occur as values; they get no token of their own with a leading space. */
  readonly valueWords: ReadonlySet<string>;
  /** Size of the vocabulary, special tokens included; a multiple of 8 for the engine. */
  readonly size: number;
  /** `<|...|>` become control tokens, others are user-defined and so stay in output text. */
  readonly specials: readonly string[];
};

type Word = { readonly text: string; readonly n: number; readonly pieces: readonly string[] };

/** Share of the vocabulary kept for words with a leading space. */
const SPACED_SHARE = 0.13;

/** Most frequent first, ties by text. */
const byCount = ([a, n]: readonly [string, number], [b, m]: readonly [string, number]): number => m - n || (a < b ? -1 : 1);

/**
 * Trains byte-level BPE in two stages. First merges that leave spaces and digits alone, so that a value has the same tokens
 * after a space and after a quote and copying is token by token. Then merges of a space with a whole word, for words that
 * are never values and rarely begin a longer word: they win back the length.
 */
export function trainBpe(t: BpeTraining): ByteLevelBpe {
  let words = countWords(t);
  const vocab = [...BYTE_TO_CHARACTER];
  const merges: (readonly [string, string])[] = [];
  const limit = t.size - t.specials.length - Math.floor(t.size * SPACED_SHARE);
  while (vocab.length < limit) {
    const pair = bestPair(words);
    if (!pair) break;
    words = words.map((w) => applyMerge(w, pair));
    vocab.push(pair[0] + pair[1]);
    merges.push(pair);
  }
  for (const head of spacedWords(words, t.valueWords).slice(0, Math.max(0, t.size - t.specials.length - vocab.length))) {
    vocab.push(SPACE + head);
    merges.push([SPACE, head]);
  }
  const types: number[] = vocab.map(() => TOKEN_TYPE.normal);
  while (vocab.length < t.size - t.specials.length) {
    types.push(TOKEN_TYPE.unused);
    vocab.push(`<unused_${vocab.length}>`);
  }
  for (const s of t.specials) types.push(s.startsWith('<|') ? TOKEN_TYPE.control : TOKEN_TYPE.userDefined);
  return new ByteLevelBpe({ vocab: [...vocab, ...t.specials], types, merges });
}

function countWords(t: BpeTraining): Word[] {
  const counts = new Map<string, number>();
  for (const text of t.texts) {
    let parts = [text];
    for (const s of t.specials) parts = parts.flatMap((p) => p.split(s));
    for (const part of parts) for (const m of part.matchAll(PRE_TOKEN)) counts.set(m[0], (counts.get(m[0]) ?? 0) + 1);
  }
  return [...counts].sort(byCount).map(([text, n]) => ({ text, n, pieces: toAlphabet(text) }));
}

function bestPair(words: readonly Word[]): readonly [string, string] | undefined {
  const mergeable = (s: string): boolean => !s.startsWith(SPACE) && !/[0-9]/.test(s);
  const pairs = new Map<string, number>();
  for (const w of words) {
    for (let i = 0; i + 1 < w.pieces.length; i++) {
      const [a, b] = [w.pieces[i] ?? '', w.pieces[i + 1] ?? ''];
      if (mergeable(a) && mergeable(b)) pairs.set(`${a} ${b}`, (pairs.get(`${a} ${b}`) ?? 0) + w.n);
    }
  }
  let top: readonly [string, number] | undefined;
  for (const pair of pairs) if (!top || byCount(pair, top) < 0) top = pair;
  if (!top || top[1] < 2) return undefined;
  const [a = '', b = ''] = top[0].split(' ');
  return [a, b];
}

function applyMerge(w: Word, [a, b]: readonly [string, string]): Word {
  if (!w.pieces.includes(a)) return w;
  const pieces: string[] = [];
  for (let i = 0; i < w.pieces.length; i++) {
    const piece = w.pieces[i] ?? '';
    if (piece === a && w.pieces[i + 1] === b) {
      pieces.push(a + b);
      i++;
    } else pieces.push(piece);
  }
  return { ...w, pieces };
}

/** Words that a space may be merged with, most frequent first. */
function spacedWords(words: readonly Word[], valueWords: ReadonlySet<string>): string[] {
  const whole = new Map<string, number>();
  const begins = new Map<string, number>();
  for (const w of words) {
    const head = w.pieces[1];
    if (w.pieces[0] !== SPACE || head === undefined) continue;
    const counts = w.pieces.length === 2 && /^\p{L}+$/u.test(head) && !valueWords.has(w.text.trim()) ? whole : begins;
    counts.set(head, (counts.get(head) ?? 0) + w.n);
  }
  return [...whole].filter(([h, n]) => (begins.get(h) ?? 0) < 0.02 * n).sort(byCount).map(([h]) => h);
}
