const units: Readonly<Record<string, number>> = {
  zero: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11, twelve: 12, thirteen: 13, fourteen: 14,
  fifteen: 15, sixteen: 16, seventeen: 17, eighteen: 18, nineteen: 19, twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90,
};
const scales: Readonly<Record<string, number>> = { hundred: 100, thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12, k: 1e3, m: 1e6, mm: 1e6, bn: 1e9, b: 1e9, lakh: 1e5, crore: 1e7 };
const others: Readonly<Record<string, number>> = {
  first: 1, second: 2, third: 3, fourth: 4, fifth: 5, sixth: 6, seventh: 7, eighth: 8, ninth: 9, tenth: 10, twelfth: 12, twentieth: 20, thirtieth: 30,
  half: 0.5, quarter: 0.25, quarters: 0.25, single: 1, once: 1, twice: 2, double: 2, pair: 2, couple: 2, both: 2, triple: 3, trio: 3, dozen: 12, noon: 12, midnight: 0,
  january: 1, february: 2, march: 3, april: 4, may: 5, june: 6, july: 7, august: 8, september: 9, october: 10, november: 11, december: 12,
  jan: 1, feb: 2, mar: 3, apr: 4, jun: 6, jul: 7, aug: 8, sep: 9, sept: 9, oct: 10, nov: 11, dec: 12,
  pi: Math.PI, free: 0, none: 0, no: 0, rest: 0, stationary: 0,
};
const literal = /(?:\d{1,3}(?:,\d{2,3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+/iy;

/**
 * Every number that a text in English words or in digits of any language speaks of: `1,000`, `2.5k`, `5%` (as 5 and 0.05),
 * `twenty-five`, `3rd`, `half`, `3/4`, months by their names. `text` is in lower case.
 */
export function numbersInText(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = nextNumber(text, 0); at < text.length; at = nextNumber(text, at)) {
    literal.lastIndex = at;
    const written = literal.exec(text)?.[0];
    if (written === undefined) {
      at += 1;
      continue;
    }
    at += written.length;
    const value = Number(written.replaceAll(',', ''));
    found.add(value);
    // `1,2,3` without spaces is a list, and `1.2.3` a version.
    if (written.includes(',')) for (const part of written.split(',')) found.add(Number(part));
    const after = text.slice(at, at + 12);
    const scale = /^\s?(?:-?\s?)([a-z]+)/.exec(after)?.[1];
    if (scale !== undefined && Object.hasOwn(scales, scale)) found.add(round(value * (scales[scale] ?? 1)));
    if (/^\s?(?:%|percent|per cent)/.test(after)) found.add(round(value / 100));
    if (/^\s?(?:p\.?m\b)/.test(after) && value < 12) found.add(value + 12);
    const fraction = /^\s?\/\s?(\d+)/.exec(after)?.[1];
    if (fraction !== undefined && Number(fraction) !== 0) found.add(round(value / Number(fraction)));
  }
  // `2023.10.1`, `March.11`: points between the parts of dates and versions.
  if (hasDottedDigit(text)) for (const [dotted] of text.matchAll(/(?<!\d)\d+(?:\.\d+){2,}|[a-z]\.\d+/g)) for (const part of dotted.match(/\d+/g) ?? []) found.add(Number(part));
  if (/[\u4e00-\u9fff]/.test(text)) addChinese(text, found);
  if (text.includes('month') && /\bmonth\b/.test(text)) found.add(30);
  if (text.includes('card') && /\bcards?\b/.test(text)) for (const number of [4, 13, 26, 52]) found.add(number);
  addWords(text, found);
  return found;
}

/** Where a number may start: at a digit or a point. */
function nextNumber(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 0x39 && (code >= 0x30 || code === 0x2e)) break;
  }
  return at;
}

function hasDottedDigit(text: string): boolean {
  for (let at = text.indexOf('.'); at >= 0; at = text.indexOf('.', at + 1)) {
    const next = text.charCodeAt(at + 1);
    if (next >= 0x30 && next <= 0x39) return true;
  }
  return false;
}

const chineseScales: Readonly<Record<string, number>> = { 百: 100, 千: 1e3, 万: 1e4, 亿: 1e8 };
const chineseDigits = '零一二三四五六七八九';

/** `20万` is 200,000, `打八折` 20 % off, `90年代` the years from 1990 on, `30年` 360 months. */
function addChinese(text: string, found: Set<number>): void {
  for (const [, digits = '', scale = ''] of text.matchAll(/(\d+(?:\.\d+)?)([百千万亿])/g)) found.add(round(Number(digits) * (chineseScales[scale] ?? 1)));
  for (const [, digit = ''] of text.matchAll(/([一二三四五六七八九\d])折/g)) {
    const tenths = /\d/.test(digit) ? Number(digit) : chineseDigits.indexOf(digit);
    for (const number of [10 * tenths, tenths / 10, 100 - 10 * tenths, round(1 - tenths / 10)]) found.add(number);
  }
  for (const [, decade = ''] of text.matchAll(/(\d0)年代/g)) found.add(1900 + Number(decade));
  for (const [, years = ''] of text.matchAll(/(\d+)年/g)) found.add(12 * Number(years));
}

function addWords(text: string, found: Set<number>): void {
  let total = 0;
  let part = 0;
  let inside = false;
  const close = (): void => {
    if (inside) found.add(total + part);
    total = 0;
    part = 0;
    inside = false;
  };
  for (let at = 0; at < text.length; at += 1) {
    if (!isLetter(text.charCodeAt(at))) continue;
    const start = at;
    while (isLetter(text.charCodeAt(at))) at += 1;
    // Most words are told apart from all that mean something by two letters and their length.
    if (mayMean[shape(text, start, at)] === 0) {
      close();
      continue;
    }
    const word = text.slice(start, at);
    if (Object.hasOwn(units, word)) {
      const unit = units[word] ?? 0;
      found.add(unit);
      // `twenty five` is one number, `five six` are two.
      if (inside && !(part % 100 === 0 || (part % 10 === 0 && part % 100 >= 20 && unit < 10))) close();
      part += unit;
      inside = true;
    } else if (inside && Object.hasOwn(scales, word) && word.length > 2) {
      const scale = scales[word] ?? 1;
      if (scale === 100) part *= 100;
      else {
        total += part * scale;
        part = 0;
      }
    } else if (word !== 'and') {
      close();
      if (Object.hasOwn(others, word)) found.add(others[word] ?? 0);
    }
  }
  close();
}

function isLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

/** The first two letters of a word and its length, as one number below 32,768. */
function shape(text: string, start: number, end: number): number {
  const length = Math.min(end - start, 31);
  return ((text.charCodeAt(start) & 31) << 10) | ((length > 1 ? text.charCodeAt(start + 1) & 31 : 0) << 5) | length;
}

const mayMean = new Uint8Array(1 << 15);
for (const word of [...Object.keys(units), ...Object.keys(scales), ...Object.keys(others), 'and']) mayMean[shape(word, 0, word.length)] = 1;

/** Away with what binary fractions leave behind: `0.07 * 100`. */
export function round(value: number): number {
  return Number(value.toPrecision(12));
}
