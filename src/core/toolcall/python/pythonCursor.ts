/** What Python refuses. Caught where the parser is called. */
export class PythonSyntaxError extends Error {}

const keywords: ReadonlySet<string> = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(' '),
);

const namePattern = /[\p{XID_Start}_]\p{XID_Continue}*/uy;

/** CPython's tokenizer takes no more brackets inside of each other. */
const deepestBrackets = 200;
/** Keeps every walk over the tree within the stack. CPython's own limits on such chains are of this order. */
const deepest = 900;

/** A place in Python source inside of brackets, where line breaks are white space. */
export class PythonCursor {
  position = 0;
  private brackets = 0;
  private depth = 0;

  constructor(readonly text: string) {
    this.moveTo(0);
  }

  fail(expected: string): never {
    const found = this.atEnd() ? 'the end of the text' : JSON.stringify(String.fromCodePoint(this.text.codePointAt(this.position) ?? 0));
    throw new PythonSyntaxError(`expected ${expected}, found ${found}`);
  }

  atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** Goes to `at`, past white space, comments and joined lines. */
  moveTo(at: number): void {
    let position = at;
    for (;;) {
      const code = this.text.charCodeAt(position);
      if (code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0c) position += 1;
      else if (code === 0x5c && this.text.charCodeAt(position + 1) === 0x0a) position += 2;
      else if (code === 0x23) {
        const line = this.text.indexOf('\n', position);
        position = line < 0 ? this.text.length : line;
      } else break;
    }
    this.position = position;
  }

  peek(mark: string): boolean {
    return this.text.startsWith(mark, this.position);
  }

  take(mark: string): boolean {
    if (!this.peek(mark)) return false;
    if (mark === ':' && this.peek(':=')) return false;
    if (mark === '.' && this.peek('...')) return false;
    this.moveTo(this.position + mark.length);
    return true;
  }

  /** The operator when it is not the start of a longer one. */
  takeOperator(mark: '*' | '/' | '='): boolean {
    return !this.peek(mark + mark) && !this.peek(`${mark}=`) && this.take(mark);
  }

  open(bracket: string): boolean {
    if (!this.take(bracket)) return false;
    this.brackets += 1;
    if (this.brackets > deepestBrackets) this.fail('fewer brackets');
    return true;
  }

  close(bracket: string): boolean {
    if (!this.take(bracket)) return false;
    this.brackets -= 1;
    return true;
  }

  /** The word that starts here, keyword or not; empty when none does. */
  peekWord(): string {
    namePattern.lastIndex = this.position;
    return namePattern.exec(this.text)?.[0] ?? '';
  }

  takeWord(word: string): boolean {
    if (!this.peek(word) || this.peekWord() !== word) return false;
    this.moveTo(this.position + word.length);
    return true;
  }

  /** A name, normalised as Python does. */
  identifier(): string {
    const word = this.peekWord();
    if (word === '' || keywords.has(word)) this.fail('an expression');
    this.moveTo(this.position + word.length);
    return word.normalize('NFKC');
  }

  /** The name of a keyword argument and its `=`. */
  takeKeyword(): string | undefined {
    const start = this.position;
    const word = this.peekWord();
    if (word === '') return undefined;
    this.moveTo(start + word.length);
    if (!this.takeOperator('=')) {
      this.position = start;
      return undefined;
    }
    if (keywords.has(word)) this.fail('a name that is no keyword');
    return word.normalize('NFKC');
  }

  /** Reads what stands one level deeper. */
  nested<T>(read: () => T): T {
    this.deepen(1);
    this.depth += 1;
    const result = read();
    this.depth -= 1;
    return result;
  }

  deepen(levels: number): void {
    if (this.depth + levels > deepest) this.fail('a shorter expression');
  }
}
