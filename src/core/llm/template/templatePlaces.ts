import type { parse, tokenize } from '@huggingface/jinja';
import type { Statement } from './templateValues.ts';

export type TemplatePlace = { readonly line: number; readonly column: number };

type Token = ReturnType<typeof tokenize>[number];
type Program = ReturnType<typeof parse>;
type Item = { readonly kind: 'text' } | { readonly kind: 'tag'; readonly tag: number; readonly keyword: string };

/** A tag of the source, from its opening to behind its closing; `end` undefined where it never closes. */
export type TagSpan = { readonly start: number; readonly end: number | undefined };

/** Where the tags of a template stand. Texts in quotes hide what looks like the end of a tag. */
export function tagSpans(source: string): readonly TagSpan[] {
  const spans: TagSpan[] = [];
  const opening = /\{[%{#]/g;
  for (let found = opening.exec(source); found !== null; found = opening.exec(source)) {
    const start = found.index;
    const end = tagEnd(source, start);
    // The marks of what is trained on are no tags to the parser.
    if (!/^\{%-?\s*(?:end)?generation\s*-?%\}$/.test(source.slice(start, end))) spans.push({ start, end });
    if (end === undefined) break;
    opening.lastIndex = end;
  }
  return spans;
}

function tagEnd(source: string, start: number): number | undefined {
  if (source[start + 1] === '#') {
    const end = source.indexOf('#}', start + 2);
    return end < 0 ? undefined : end + 2;
  }
  const close = source[start + 1] === '%' ? '%}' : '}}';
  let braces = 0;
  for (let at = start + 2; at < source.length; at += 1) {
    const character = source[at];
    if (character === '"' || character === "'") {
      for (at += 1; at < source.length && source[at] !== character; at += 1) if (source[at] === '\\') at += 1;
    } else if (braces === 0 && source.startsWith(close, at)) return at + 2;
    else if (character === '{') braces += 1;
    else if (character === '}') braces -= 1;
  }
  return undefined;
}

/** 1-based. */
export function placeAt(source: string, offset: number): TemplatePlace {
  const before = source.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/**
 * Which tag each statement of a parsed template stands in. The package keeps no places: tags and statements are walked side
 * by side, in the order of the source.
 */
export function statementTags(tokens: readonly Token[], program: Program): ReadonlyMap<Statement, number> {
  const tags = new Map<Statement, number>();
  new TagWalk(itemsOf(tokens), tags).block(program.body);
  return tags;
}

function itemsOf(tokens: readonly Token[]): readonly Item[] {
  const items: Item[] = [];
  let tag = -1;
  tokens.forEach(({ type }, index) => {
    if (type === 'Text') items.push({ kind: 'text' });
    else if (type === 'OpenStatement' || type === 'OpenExpression' || type === 'Comment') {
      tag += 1;
      items.push({ kind: 'tag', tag, keyword: type === 'OpenStatement' ? (tokens[index + 1]?.value ?? '') : '' });
    }
  });
  return items;
}

/** Members that hold the statements inside of a statement, in the order of the source. */
const bodies = ['body', 'alternate', 'defaultBlock'] as const;
class TagWalk {
  private at = 0;

  constructor(
    private readonly items: readonly Item[],
    private readonly tags: Map<Statement, number>,
  ) {}

  block(statements: readonly Statement[]): void {
    for (const statement of statements) this.statement(statement);
  }

  private statement(statement: Statement): void {
    const item = this.items[this.at];
    if (item?.kind === 'text') {
      this.at += 1;
      return;
    }
    if (item === undefined) return;
    this.at += 1;
    this.tags.set(statement, item.tag);
    // An `elif` is an `if` inside of the other's `else`, with which it shares its end.
    if (this.inside(statement) && item.keyword !== 'elif') this.skip(/^end/);
  }

  /** True for a statement that has an end tag of its own. */
  private inside(statement: Statement): boolean {
    const parts: Partial<Record<(typeof bodies)[number], unknown>> & { readonly value?: unknown } = statement as object;
    if (statement.type === 'Set' && parts.value !== undefined && parts.value !== null) return false;
    if (!['If', 'For', 'Macro', 'CallStatement', 'FilterStatement', 'Set'].includes(statement.type)) return false;
    for (const name of bodies) {
      const body = parts[name];
      if (!Array.isArray(body)) continue;
      if (name !== 'body') this.skip(/^else$/);
      this.block(body as readonly Statement[]); // these members are lists of statements
    }
    return true;
  }

  private skip(keyword: RegExp): void {
    const item = this.items[this.at];
    if (item?.kind === 'tag' && keyword.test(item.keyword)) this.at += 1;
  }
}
