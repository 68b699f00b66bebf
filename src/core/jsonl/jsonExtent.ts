/** How far a scan came: to the end of the value, to a byte that cannot stand there, or to the end of the bytes so far. */
export type ExtentResult = 'end' | 'failed' | 'more';

const value = 0;
const valueOrClose = 1;
const key = 2;
const keyOrClose = 3;
const colon = 4;
const behindValue = 5;
const inString = 6;
const escape = 7;
const hexDigits = 8;
const literal = 9;
// States of a number; a number may end where `numberMayEnd` says so.
const minus = 10;
const zero = 11;
const integer = 12;
const point = 13;
const fraction = 14;
const exponent = 15;
const exponentSign = 16;
const exponentDigits = 17;

const objectLevel = 1;
const arrayLevel = 2;
const maxDepth = 512;

/** Bytes that a string literal passes over: all but quotes, backslashes and control characters. */
const plain = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x20 && byte !== 0x22 && byte !== 0x5c ? 1 : 0));
/** Bytes behind which a literal does not end: as `refuseTail` of json/scanner.ts. */
const word = Uint8Array.from({ length: 256 }, (_, byte) => (/[0-9A-Za-z._]/.test(String.fromCharCode(byte)) ? 1 : 0));

/**
 * Finds where one JSON value ends in UTF-8 bytes that come piece by piece, by the same grammar and the same limit of
 * depth as `scanJson`, without making anything of it. Memory does not grow with the value.
 */
export class JsonExtent {
  /** Of the next byte to be looked at; behind the value once it has ended. */
  position = 0;
  /** Of the byte, or start of the token, that cannot stand there. */
  failedAt = 0;
  private state = value;
  private depth = 0;
  private readonly levels = new Uint8Array(maxDepth);
  private stringIsKey = false;
  private hexLeft = 0;
  private tokenStart = 0;
  private word = '';
  private matched = 0;

  /** Begins a value whose first byte, behind white space, is at or after `position`. */
  reset(position: number): void {
    this.position = position;
    this.state = value;
    this.depth = 0;
  }

  /** All offsets go down by `bytes`: the window that they count in has moved. */
  shift(bytes: number): void {
    this.position -= bytes;
    this.tokenStart -= bytes;
    this.failedAt -= bytes;
  }

  /** Goes on over `bytes` up to `limit`; `last`: no more bytes come. */
  scan(bytes: Uint8Array, limit: number, last: boolean): ExtentResult {
    while (this.position < limit) {
      if (this.state === inString && this.passString(bytes, limit)) break;
      // The position is below the limit, which is at most the length.
      const result = this.step(bytes[this.position] as number);
      if (result !== 'more') return result;
    }
    if (!last) return 'more';
    if (this.depth === 0 && this.mayEnd()) return 'end';
    return this.fail(limit);
  }

  /** Passes over what a string holds; true when the bytes are at their end. */
  private passString(bytes: Uint8Array, limit: number): boolean {
    let at = this.position;
    // Four at a time is a third faster. All indices are below the limit, all bytes are in the table.
    const four = limit - 3;
    while (at < four && ((plain[bytes[at] as number] as number) & (plain[bytes[at + 1] as number] as number) & (plain[bytes[at + 2] as number] as number) & (plain[bytes[at + 3] as number] as number)) === 1) at += 4;
    while (at < limit && plain[bytes[at] as number] === 1) at++;
    this.position = at;
    return at >= limit;
  }

  private step(byte: number): ExtentResult {
    switch (this.state) {
      case inString:
        return this.stringByte(byte);
      case escape:
        return this.escapeByte(byte);
      case hexDigits:
        return this.hexByte(byte);
      case literal:
        return this.literalByte(byte);
      case behindValue:
        return this.behindByte(byte);
      case colon:
        if (byte === 0x3a) this.state = value;
        else if (!isBlank(byte)) return this.fail(this.position);
        this.position++;
        return 'more';
      case key:
      case keyOrClose:
        return this.keyByte(byte);
      case value:
      case valueOrClose:
        return this.valueByte(byte);
      default:
        return this.numberByte(byte);
    }
  }

  private stringByte(byte: number): ExtentResult {
    if (byte === 0x5c) this.state = escape;
    else if (byte !== 0x22) return this.fail(this.position);
    this.position++;
    if (byte === 0x5c) return 'more';
    if (this.stringIsKey) {
      this.state = colon;
      return 'more';
    }
    return this.valueDone();
  }

  private escapeByte(byte: number): ExtentResult {
    if (byte === 0x75) {
      this.state = hexDigits;
      this.hexLeft = 4;
    } else if (byte === 0x22 || byte === 0x5c || byte === 0x2f || byte === 0x62 || byte === 0x66 || byte === 0x6e || byte === 0x72 || byte === 0x74) this.state = inString;
    else return this.fail(this.position - 1);
    this.position++;
    return 'more';
  }

  private hexByte(byte: number): ExtentResult {
    const low = byte | 0x20;
    if (!isDigit(byte) && !(low >= 0x61 && low <= 0x66)) return this.fail(this.position);
    if (--this.hexLeft === 0) this.state = inString;
    this.position++;
    return 'more';
  }

  private keyByte(byte: number): ExtentResult {
    if (byte === 0x22) {
      this.stringIsKey = true;
      this.state = inString;
    } else if (byte === 0x7d && this.state === keyOrClose) return this.close(objectLevel);
    else if (!isBlank(byte)) return this.fail(this.position);
    this.position++;
    return 'more';
  }

  private valueByte(byte: number): ExtentResult {
    if (isBlank(byte)) {
      this.position++;
      return 'more';
    }
    if (byte === 0x5d && this.state === valueOrClose) return this.close(arrayLevel);
    this.tokenStart = this.position;
    if (byte === 0x22) {
      this.stringIsKey = false;
      this.state = inString;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (this.depth >= maxDepth) return this.fail(this.position);
      this.levels[this.depth++] = byte === 0x7b ? objectLevel : arrayLevel;
      this.state = byte === 0x7b ? keyOrClose : valueOrClose;
    } else if (byte === 0x2d) this.state = minus;
    else if (byte === 0x30) this.state = zero;
    else if (isDigit(byte)) this.state = integer;
    else if (byte === 0x74 || byte === 0x66 || byte === 0x6e) {
      this.state = literal;
      this.word = byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : 'null';
      this.matched = 1;
    } else return this.fail(this.position);
    this.position++;
    return 'more';
  }

  private literalByte(byte: number): ExtentResult {
    if (this.matched === this.word.length) return word[byte] === 1 ? this.fail(this.tokenStart) : this.valueDone();
    if (byte !== this.word.charCodeAt(this.matched)) return this.fail(this.tokenStart);
    this.matched++;
    this.position++;
    return 'more';
  }

  private numberByte(byte: number): ExtentResult {
    const next = nextInNumber(this.state, byte);
    if (next >= 0) {
      this.state = next;
      this.position++;
      return 'more';
    }
    return this.mayEnd() && word[byte] !== 1 ? this.valueDone() : this.fail(this.tokenStart);
  }

  private behindByte(byte: number): ExtentResult {
    const level = this.levels[this.depth - 1];
    if (byte === 0x2c) this.state = level === objectLevel ? key : value;
    else if (byte === 0x7d || byte === 0x5d) return this.close(byte === 0x7d ? objectLevel : arrayLevel);
    else if (!isBlank(byte)) return this.fail(this.position);
    this.position++;
    return 'more';
  }

  private close(level: number): ExtentResult {
    if (this.levels[this.depth - 1] !== level) return this.fail(this.position);
    this.depth--;
    this.position++;
    return this.valueDone();
  }

  private valueDone(): ExtentResult {
    this.state = behindValue;
    return this.depth === 0 ? 'end' : 'more';
  }

  private mayEnd(): boolean {
    if (this.state === literal) return this.matched === this.word.length;
    return this.state === zero || this.state === integer || this.state === fraction || this.state === exponentDigits;
  }

  private fail(position: number): ExtentResult {
    this.failedAt = position;
    return 'failed';
  }
}

/** The state of a number behind one more byte; -1 where it does not belong to the number. */
function nextInNumber(state: number, byte: number): number {
  const digit = isDigit(byte);
  switch (state) {
    case minus:
      return byte === 0x30 ? zero : digit ? integer : -1;
    case zero:
    case integer:
      if (digit && state === integer) return integer;
      return byte === 0x2e ? point : isExponent(byte) ? exponent : -1;
    case point:
    case fraction:
      if (digit) return fraction;
      return state === fraction && isExponent(byte) ? exponent : -1;
    case exponent:
      if (byte === 0x2b || byte === 0x2d) return exponentSign;
      return digit ? exponentDigits : -1;
    default:
      return digit ? exponentDigits : -1;
  }
}

function isExponent(byte: number): boolean {
  return byte === 0x65 || byte === 0x45;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** JSON white space. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
