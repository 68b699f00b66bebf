import { BYTE_TO_CHARACTER, fromAlphabet, PRE_TOKEN, toAlphabet } from './byteAlphabet.ts';

/** Token types of GGUF: control tokens are hidden from output text by llama.cpp, user-defined ones are shown. */
export const TOKEN_TYPE = { normal: 1, control: 3, userDefined: 4, unused: 5 } as const;

export type TokenizerData = {
  /** Tokens by id, in the byte alphabet; special tokens as they are written. */
  readonly vocab: readonly string[];
  /** One of `TOKEN_TYPE` per token. */
  readonly types: readonly number[];
  /** Best first. */
  readonly merges: readonly (readonly [string, string])[];
};

const CACHED_WORDS = 50_000;
const LONGEST_CACHED_WORD = 64;

/** Why the data make no tokeniser, or undefined when they do. */
export function tokenizerProblem(data: TokenizerData): string | undefined {
  const normal = new Set(data.vocab.filter((_, i) => !isSpecialType(data.types[i])));
  if (data.types.length !== data.vocab.length) return 'token types and tokens differ in number';
  if (new Set(data.vocab).size !== data.vocab.length) return 'a token occurs twice';
  const missing = BYTE_TO_CHARACTER.findIndex((c) => !normal.has(c));
  if (missing >= 0) return `byte ${missing} has no token`;
  const odd = data.merges.find(([a, b]) => !normal.has(a) || !normal.has(b) || !normal.has(a + b));
  if (odd) return `merge ${JSON.stringify(odd.join(' '))} has no token`;
  if (data.vocab.some((t, i) => isSpecialType(data.types[i]) && t === '')) return 'a special token is empty';
  return undefined;
}

function isSpecialType(type: number | undefined): boolean {
  return type === TOKEN_TYPE.control || type === TOKEN_TYPE.userDefined;
}

/** Byte-level BPE with GPT-2's pre-tokenisation, as llama.cpp's `gpt2` model with `gpt-2` pre-tokeniser. */
export class ByteLevelBpe {
  readonly size: number;
  /** Special tokens, by id. */
  readonly specials: ReadonlyMap<string, number>;
  private readonly normal = new Map<string, number>();
  private readonly ranks = new Map<string, number>();
  private readonly cache = new Map<string, readonly number[]>();
  private readonly tokenBytes: readonly Uint8Array[];
  private readonly specialPattern: RegExp | undefined;

  constructor(readonly data: TokenizerData) {
    this.size = data.vocab.length;
    const specials = new Map<string, number>();
    const utf8 = new TextEncoder();
    this.tokenBytes = data.vocab.map((t, i) => {
      const special = isSpecialType(data.types[i]);
      (special ? specials : this.normal).set(t, i);
      return (special ? undefined : fromAlphabet(t)) ?? utf8.encode(t);
    });
    this.specials = specials;
    data.merges.forEach(([a, b], i) => {
      if (!this.ranks.has(`${a} ${b}`)) this.ranks.set(`${a} ${b}`, i);
    });
    const longestFirst = [...specials.keys()].sort((a, b) => b.length - a.length);
    this.specialPattern = longestFirst.length > 0 ? new RegExp(`(${longestFirst.map((t) => t.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'u') : undefined;
  }

  /** Id of a token that must exist, special or not. */
  id(token: string): number {
    const i = this.specials.get(token) ?? this.normal.get(token);
    if (i === undefined) throw new Error(`no token ${token}`);
    return i;
  }

  isSpecial(id: number): boolean {
    return isSpecialType(this.data.types[id]);
  }

  /** UTF-8 bytes of a token; a character may be spread over several tokens. */
  bytes(id: number): Uint8Array {
    return this.tokenBytes[id] ?? new Uint8Array();
  }

  /** Ids of text in which special tokens are special: for a template's own text, never for data. */
  encode(text: string): number[] {
    if (!this.specialPattern) return this.encodePlain(text);
    const out: number[] = [];
    for (const part of text.split(this.specialPattern)) {
      const special = this.specials.get(part);
      if (special !== undefined) out.push(special);
      else for (const id of this.encodePlain(part)) out.push(id);
    }
    return out;
  }

  /** Ids of text as data: `<|im_end|>` in it is ten characters and ends nothing. */
  encodePlain(text: string): number[] {
    const out: number[] = [];
    for (const m of text.matchAll(PRE_TOKEN)) for (const id of this.encodeWord(m[0])) out.push(id);
    return out;
  }

  /** Text of ids; bytes that are not UTF-8 become U+FFFD. */
  decode(ids: readonly number[]): string {
    const chunks = ids.map((id) => this.bytes(id));
    const all = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
    let at = 0;
    for (const c of chunks) {
      all.set(c, at);
      at += c.length;
    }
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(all);
  }

  private encodeWord(word: string): readonly number[] {
    const known = this.cache.get(word);
    if (known) return known;
    const ids = mergeAll(toAlphabet(word), this.ranks).map((p) => this.normal.get(p) ?? 0);
    if (word.length <= LONGEST_CACHED_WORD && this.cache.size < CACHED_WORDS) this.cache.set(word, ids);
    return ids;
  }
}

/** Applies the best merge, everywhere, until none is left: at most as many rounds as there are merges, each linear. */
function mergeAll(letters: readonly string[], ranks: ReadonlyMap<string, number>): readonly string[] {
  let pieces = letters;
  for (;;) {
    let best = Infinity;
    for (let i = 0; i + 1 < pieces.length; i++) best = Math.min(best, ranks.get(`${pieces[i]} ${pieces[i + 1]}`) ?? Infinity);
    if (best === Infinity) return pieces;
    const merged: string[] = [];
    for (let i = 0; i < pieces.length; i++) {
      const [a, b] = [pieces[i] ?? '', pieces[i + 1]];
      if (b !== undefined && ranks.get(`${a} ${b}`) === best) {
        merged.push(a + b);
        i++;
      } else merged.push(a);
    }
    pieces = merged;
  }
}
