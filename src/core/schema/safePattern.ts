/** Steps that matching may take at worst; more, and the pattern is not applied. */
const budget = 10_000_000;
const longestPattern = 500;

/** A regular expression that came with a dataset, with the longest text that it may be applied to. */
export type SafePattern = { readonly expression: RegExp; readonly longestText: number };

/** Undefined for what is no expression, and for one that could backtrack without end. */
export function safePattern(pattern: string): SafePattern | undefined {
  if (pattern.length > longestPattern) return undefined;
  const loops = countLoops(pattern);
  if (loops === undefined) return undefined;
  const exponent = loops + (pattern.startsWith('^') ? 0 : 1);
  const expression = expressionOf(pattern, 'u') ?? expressionOf(pattern, '');
  return expression === undefined ? undefined : { expression, longestText: exponent === 0 ? Infinity : Math.floor(budget ** (1 / exponent) + 1e-6) };
}

/** Whether a text matches; undefined where that cannot be found out safely. */
export function matchesSafely(pattern: string, text: string): boolean | undefined {
  const safe = safePattern(pattern);
  return safe === undefined || text.length > safe.longestText ? undefined : safe.expression.test(text);
}

/** Many published patterns escape more than the flag `u` allows. */
function expressionOf(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return undefined;
  }
}

/** Open-ended quantifiers of a pattern; undefined where a repeated group varies in itself, which backtracks exponentially, or for back-references. */
function countLoops(pattern: string): number | undefined {
  let loops = 0;
  const varies: boolean[] = [false];
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern.charAt(i);
    if (character === '\\') {
      if (/[1-9k]/.test(pattern.charAt(i + 1))) return undefined;
      i += 1;
    } else if (character === '[') {
      i = endOfClass(pattern, i);
    } else if (character === '(') {
      varies.push(false);
      if (pattern.charAt(i + 1) === '?') i += 1;
    } else if (character === ')') {
      const inner = varies.pop() ?? false;
      const repeated = /^(?:[*+]|\{)/.test(pattern.slice(i + 1));
      if (inner && repeated) return undefined;
      if (inner) varies[varies.length - 1] = true;
    } else if (character === '|') {
      varies[varies.length - 1] = true;
    } else if (character === '*' || character === '+' || character === '?' || (character === '{' && /^\{\d+,\d*\}/.test(pattern.slice(i)))) {
      varies[varies.length - 1] = true;
      if (character !== '?') loops += 1;
    }
  }
  return loops;
}

function endOfClass(pattern: string, open: number): number {
  for (let i = open + 1; i < pattern.length; i += 1) {
    if (pattern.charAt(i) === '\\') i += 1;
    else if (pattern.charAt(i) === ']') return i;
  }
  return pattern.length;
}
