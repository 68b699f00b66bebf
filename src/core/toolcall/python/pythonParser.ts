import { readPythonNumber } from './pythonNumber.ts';
import { PythonCursor, PythonSyntaxError } from './pythonCursor.ts';
import { readPythonString } from './pythonString.ts';
import { binaryLevels, type PythonComprehension, type PythonConstant, type PythonExpression, type PythonKeyword, type PythonParameter } from './pythonTree.ts';

export type ParsedPython = { readonly ok: true; readonly expression: PythonExpression } | { readonly ok: false; readonly message: string };

/**
 * Reads a text that is one Python expression in brackets, by the grammar of Python 3.11 (`yield` and `await` apart). A text
 * that Python refuses is refused. Never throws.
 */
export function parsePythonExpression(text: string): ParsedPython {
  // Python decodes its source first: what is no text is no source either.
  if (text.includes('\0') || /\p{Cs}/u.test(text)) return { ok: false, message: 'the text holds characters that no Python source may hold' };
  const parser = new PythonParser(text.replace(/\r\n?/g, '\n'));
  try {
    return { ok: true, expression: parser.whole() };
  } catch (error) {
    if (error instanceof PythonSyntaxError) return { ok: false, message: error.message };
    throw error;
  }
}

const comparisons = ['==', '!=', '<=', '>=', '<', '>'];
const binaryOperators = ['<<', '>>', '//', '|', '^', '&', '+', '-', '*', '@', '/', '%'];

class PythonParser extends PythonCursor {
  whole(): PythonExpression {
    const expression = this.expression();
    if (!this.atEnd()) this.fail('the end of the text');
    return expression;
  }

  private named(): PythonExpression {
    const value = this.expression();
    if (value.kind !== 'name' || !this.take(':=')) return value;
    return { kind: 'named', name: value.name, value: this.expression() };
  }

  private starOrNamed(): PythonExpression {
    return this.takeOperator('*') ? { kind: 'starred', value: this.binary(9) } : this.named();
  }

  private expression(): PythonExpression {
    return this.nested(() => {
      if (this.takeWord('lambda')) return this.lambda();
      const then = this.disjunction();
      if (!this.takeWord('if')) return then;
      const test = this.disjunction();
      if (!this.takeWord('else')) this.fail("'else'");
      return { kind: 'conditional', test, then, otherwise: this.expression() };
    });
  }

  private lambda(): PythonExpression {
    const parameters: PythonParameter[] = [];
    const names = new Set<string>();
    while (!this.take(':')) {
      if (parameters.length > 0 && !this.take(',')) this.fail("',' or ':'");
      if (parameters.length > 0 && this.take(':')) break;
      parameters.push(this.parameter(parameters));
      const { name } = parameters.at(-1) ?? { name: '' };
      if (name !== '' && names.has(name)) this.fail('another name');
      names.add(name);
    }
    if (parameters.at(-1)?.mark === '*' && parameters.at(-1)?.name === '') this.fail('an argument behind the *');
    return { kind: 'lambda', parameters, body: this.expression() };
  }

  private parameter(before: readonly PythonParameter[]): PythonParameter {
    if (before.some((parameter) => parameter.mark === '**')) this.fail("':'");
    if (this.take('**')) return { mark: '**', name: this.identifier() };
    const starred = before.some((parameter) => parameter.mark === '*');
    if (this.takeOperator('*')) {
      if (starred) this.fail('one * only');
      return { mark: '*', name: this.peekWord() === '' ? '' : this.identifier() };
    }
    if (this.takeOperator('/')) {
      if (starred || before.length === 0 || before.some((parameter) => parameter.mark === '/')) this.fail('an argument before the /');
      return { mark: '/', name: '' };
    }
    const name = this.identifier();
    if (this.takeOperator('=')) return { mark: '', name, fallback: this.expression() };
    if (!starred && before.some((parameter) => parameter.fallback !== undefined)) this.fail('a default');
    return { mark: '', name };
  }

  private disjunction(): PythonExpression {
    return this.boolean('or', () => this.boolean('and', () => this.negation()));
  }

  private boolean(operator: 'and' | 'or', operand: () => PythonExpression): PythonExpression {
    const first = operand();
    if (!this.takeWord(operator)) return first;
    const values = [first];
    do values.push(operand());
    while (this.takeWord(operator));
    return { kind: 'boolean', operator, values };
  }

  private negation(): PythonExpression {
    if (!this.takeWord('not')) return this.comparison();
    return this.nested(() => ({ kind: 'unary', operator: 'not', operand: this.negation() }));
  }

  private comparison(): PythonExpression {
    const first = this.binary(9);
    const rest: { operator: string; value: PythonExpression }[] = [];
    for (let operator = this.comparator(); operator !== undefined; operator = this.comparator()) rest.push({ operator, value: this.binary(9) });
    return rest.length === 0 ? first : { kind: 'compare', first, rest };
  }

  private comparator(): string | undefined {
    for (const operator of comparisons) {
      if (this.peek(operator) && !(operator.length === 1 && this.peek(operator.repeat(2))) && this.take(operator)) return operator;
    }
    const word = this.peekWord();
    if (word === 'in' && this.takeWord('in')) return 'in';
    if (word === 'is' && this.takeWord('is')) return this.takeWord('not') ? 'is not' : 'is';
    if (word !== 'not') return undefined;
    this.takeWord('not');
    if (!this.takeWord('in')) this.fail("'in'");
    return 'not in';
  }

  /** Operators that bind at least as tightly as `level`. */
  private binary(level: number): PythonExpression {
    let left = this.unary();
    let chain = 0;
    for (;;) {
      const operator = binaryOperators.find((candidate) => this.peek(candidate));
      const own = operator === undefined ? 0 : (binaryLevels[operator] ?? 0);
      if (operator === undefined || own < level || this.peek('**') || this.peek(`${operator}=`)) return left;
      this.take(operator);
      left = { kind: 'binary', operator, left, right: this.nested(() => this.binary(own + 1)) };
      this.deepen((chain += 1));
    }
  }

  private unary(): PythonExpression {
    const operator = ['-', '+', '~'].find((candidate) => this.take(candidate));
    if (operator !== undefined) return this.nested(() => ({ kind: 'unary', operator, operand: this.unary() }));
    const base = this.primary();
    return this.take('**') ? { kind: 'binary', operator: '**', left: base, right: this.nested(() => this.unary()) } : base;
  }

  private primary(): PythonExpression {
    let value = this.atom();
    for (let chain = 1; ; chain += 1) {
      this.deepen(chain);
      if (this.peek('.') && this.take('.')) value = { kind: 'attribute', value, name: this.identifier() };
      else if (this.open('(')) value = this.call(value);
      else if (this.open('[')) value = { kind: 'subscript', value, index: this.index() };
      else return value;
    }
  }

  private call(callee: PythonExpression): PythonExpression {
    const args: PythonExpression[] = [];
    const keywords: PythonKeyword[] = [];
    while (!this.close(')')) {
      if (this.take('**')) keywords.push({ value: this.expression() });
      else if (this.takeOperator('*')) {
        if (keywords.some((keyword) => keyword.name === undefined)) this.fail('a keyword argument');
        args.push({ kind: 'starred', value: this.expression() });
      } else {
        const name = this.takeKeyword();
        if (name !== undefined) keywords.push({ name, value: this.expression() });
        else if (keywords.length > 0) this.fail('a keyword argument');
        else args.push(this.argument(args.length === 0));
      }
      if (this.close(')')) break;
      if (!this.take(',')) this.fail("',' or ')'");
    }
    return { kind: 'call', callee, args, keywords };
  }

  private argument(only: boolean): PythonExpression {
    const value = this.named();
    const loops = this.loops();
    if (loops.length === 0) return value;
    if (!only || !this.peek(')')) this.fail('a generator expression in parentheses');
    return { kind: 'comprehension', brackets: '()', item: value, loops };
  }

  private index(): PythonExpression {
    const items: PythonExpression[] = [];
    let comma = false;
    while (!this.close(']')) {
      if (items.length > 0 && !comma) this.fail("',' or ']'");
      items.push(this.sliceItem());
      comma = this.take(',');
    }
    const only = items[0];
    if (only === undefined) this.fail('an index');
    return items.length === 1 && !comma && only.kind !== 'starred' ? only : { kind: 'tuple', items };
  }

  private sliceItem(): PythonExpression {
    const bound = (): PythonExpression | undefined => (this.peek(':') || this.peek(',') || this.peek(']') ? undefined : this.expression());
    const lower = this.peek(':') && !this.peek(':=') ? undefined : this.starOrNamed();
    if (!this.take(':')) return lower ?? this.fail('an index');
    const upper = bound();
    const step = this.take(':') ? bound() : undefined;
    return { kind: 'slice', ...(lower === undefined ? {} : { lower }), ...(upper === undefined ? {} : { upper }), ...(step === undefined ? {} : { step }) };
  }

  private atom(): PythonExpression {
    if (this.open('[')) return this.items(']', '[]', 'list');
    if (this.open('(')) return this.items(')', '()', 'tuple');
    if (this.open('{')) return this.braces();
    const strings = this.strings();
    if (strings !== undefined) return strings;
    if (this.take('...')) return { kind: 'constant', constant: { type: 'ellipsis' } };
    const number = readPythonNumber(this.text, this.position);
    if (number !== undefined) {
      this.moveTo(number.end);
      if (number.kind === 'int' && number.json.length > 4300) this.fail('a shorter number');
      if (number.kind === 'int') return { kind: 'constant', constant: { type: 'int', value: BigInt(number.json) } };
      return { kind: 'constant', constant: { type: number.kind, value: Number(number.json) } };
    }
    return this.word();
  }

  private word(): PythonExpression {
    const word = this.peekWord();
    const constants: Readonly<Record<string, PythonConstant>> = { True: { type: 'bool', value: true }, False: { type: 'bool', value: false }, None: { type: 'none' } };
    if (Object.hasOwn(constants, word) && constants[word] !== undefined) {
      this.takeWord(word);
      return { kind: 'constant', constant: constants[word] };
    }
    return { kind: 'name', name: this.identifier() };
  }

  private items(close: string, brackets: '[]' | '()' | '{}', kind: 'list' | 'tuple' | 'set', first?: PythonExpression): PythonExpression {
    const items: PythonExpression[] = first === undefined ? [] : [first];
    let comma = false;
    if (first === undefined && !this.peek(close)) items.push(this.starOrNamed());
    const loops = items.length === 1 && items[0]?.kind !== 'starred' ? this.loops() : [];
    const item = items[0];
    if (loops.length > 0 && item !== undefined) {
      if (!this.close(close)) this.fail(`'${close}'`);
      return { kind: 'comprehension', brackets, item, loops };
    }
    while (!this.close(close)) {
      comma = this.take(',');
      if (!comma) this.fail(`',' or '${close}'`);
      if (!this.peek(close)) items.push(this.starOrNamed());
    }
    if (kind !== 'tuple' || items.length !== 1 || comma || item === undefined) return { kind, items };
    if (item.kind === 'starred') this.fail('a comma');
    return item;
  }

  private braces(): PythonExpression {
    if (this.close('}')) return { kind: 'dict', entries: [] };
    const entries: { key?: PythonExpression; value: PythonExpression }[] = [];
    do {
      if (entries.length > 0 && this.peek('}')) break;
      if (this.take('**')) entries.push({ value: this.binary(9) });
      else {
        const bare = !this.peek('(');
        const key = entries.length === 0 ? this.starOrNamed() : this.expression();
        if (entries.length === 0 && (key.kind === 'starred' || (bare && key.kind === 'named') || !this.peek(':'))) return this.items('}', '{}', 'set', key);
        if (!this.take(':')) this.fail("':'");
        entries.push({ key, value: this.expression() });
      }
      const loops = entries.length === 1 && entries[0]?.key !== undefined ? this.loops() : [];
      const [only] = entries;
      if (loops.length > 0 && only?.key !== undefined) {
        if (!this.close('}')) this.fail("'}'");
        return { kind: 'comprehension', brackets: '{}', key: only.key, item: only.value, loops };
      }
    } while (this.take(','));
    if (!this.close('}')) this.fail("',' or '}'");
    return { kind: 'dict', entries };
  }

  private loops(): PythonComprehension[] {
    const loops: PythonComprehension[] = [];
    for (;;) {
      const async = this.peekWord() === 'async' && this.takeWord('async');
      if (!this.takeWord('for')) return async ? this.fail("'for'") : loops;
      const target = this.target();
      if (!this.takeWord('in')) this.fail("'in'");
      const iterable = this.disjunction();
      const conditions: PythonExpression[] = [];
      while (this.takeWord('if')) conditions.push(this.disjunction());
      loops.push({ async, target, iterable, conditions });
      this.deepen(loops.length);
    }
  }

  private target(): PythonExpression {
    const items: PythonExpression[] = [];
    let comma = false;
    do {
      if (items.length > 0 && this.peekWord() === 'in') break;
      items.push(this.takeOperator('*') ? { kind: 'starred', value: this.binary(9) } : this.binary(9));
      comma = this.take(',');
    } while (comma);
    const [only] = items;
    const target: PythonExpression = items.length === 1 && !comma && only !== undefined ? only : { kind: 'tuple', items };
    if (target.kind === 'starred' || !isTarget(target)) this.fail('something to assign to');
    return target;
  }

  /** String literals side by side are one. */
  private strings(): PythonExpression | undefined {
    let value = '';
    let count = 0;
    let kinds = { bytes: false, text: false, formatted: false, unicode: false };
    for (; ; count += 1) {
      const read = readPythonString(this.text, this.position);
      if (read === undefined) break;
      if (!read.ok) this.fail(read.message);
      const bytes = read.prefix.includes('b');
      if (bytes && !/^[\0-\x7f]*$/.test(this.text.slice(this.position, read.end))) this.fail('ASCII characters');
      if (/\\N\{/.test(read.value) && !read.prefix.includes('r') && !bytes) this.fail('a character without its name');
      kinds = { bytes: kinds.bytes || bytes, text: kinds.text || !bytes, formatted: kinds.formatted || read.prefix.includes('f'), unicode: count === 0 ? read.prefix === 'u' : kinds.unicode };
      value += read.value;
      this.moveTo(read.end);
    }
    if (count === 0) return undefined;
    if (kinds.bytes && kinds.text) this.fail('bytes or text, not both');
    if (kinds.formatted) return { kind: 'formatted', text: value };
    if (kinds.bytes) return { kind: 'constant', constant: { type: 'bytes', value } };
    return { kind: 'constant', constant: { type: 'str', value, ...(kinds.unicode ? { unicode: true } : {}) } };
  }
}

function isTarget(node: PythonExpression): boolean {
  if (node.kind === 'list' || node.kind === 'tuple') return node.items.every(isTarget);
  if (node.kind === 'starred') return isTarget(node.value);
  return node.kind === 'name' || node.kind === 'attribute' || node.kind === 'subscript';
}
