import { nicknamesOf } from './nicknames.ts';
import type { RequestText } from './requestText.ts';
import { fold, lettersOf, wordsOf } from './requestText.ts';

/** What prices are written with. */
const signs: ReadonlyMap<string, string> = new Map([['USD', '$'], ['EUR', '€'], ['GBP', '£'], ['JPY', '¥'], ['CNY', '¥'], ['INR', '₹'], ['KRW', '₩']]);

/** Whether a text names by a code what the request names in words, or the other way round: initials, countries, languages, currencies. */
export function saysByAnotherName(value: string, request: RequestText): boolean {
  const sign = signs.get(value.toUpperCase());
  if (sign !== undefined && request.text.includes(sign)) return true;
  if ([value, ...value.split(',')].some((part) => saysInitials(part, request))) return true;
  if (nicknamesOf(value.split(',')[0] ?? '').some((nickname) => request.folded.includes(nickname))) return true;
  if (names(value).some((name) => request.folded.includes(fold(name)) || saysInitials(name, request))) return true;
  const letters = lettersOf(fold(value));
  return (letters.length >= 2 && letters.length <= 6 && request.initials.includes(letters)) || isSubsequenceOfWord(letters, request);
}

/** `LA` for Los Angeles, `UK` for the United Kingdom. */
function saysInitials(text: string, request: RequestText): boolean {
  const initials = wordsOf(text).map((word) => word.charAt(0)).join('');
  return initials.length >= 2 && request.hasWord(initials);
}

/** `Feb`, `Dr`, `min`, `AAPL`, `BTC`: the letters of a word in their order, beginning with its first. */
function isSubsequenceOfWord(letters: string, request: RequestText): boolean {
  if (letters.length < 2 || letters.length > 5) return false;
  return request.wordsFrom(letters.charAt(0)).some((word) => word.length > letters.length && isSubsequence(letters, word));
}

function isSubsequence(letters: string, word: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = word.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

const kinds = ['region', 'language', 'currency'] as const;
const displayNames = new Map<string, Intl.DisplayNames>();

function displayNamesOf(type: (typeof kinds)[number]): Intl.DisplayNames {
  const cached = displayNames.get(type);
  if (cached !== undefined) return cached;
  const made = new Intl.DisplayNames(['en'], { type, fallback: 'none' });
  displayNames.set(type, made);
  return made;
}

const namesOfCodes = new Map<string, readonly string[]>();
const mostKept = 10_000;

/** English names of what a short text may be the code of. */
function names(value: string): readonly string[] {
  const code = value.trim();
  if (!/^[A-Za-z]{2,3}(?:[-_][A-Za-z]{2})?$/.test(code)) return [];
  const cached = namesOfCodes.get(code);
  if (cached !== undefined) return cached;
  const found = namesOf(code);
  if (namesOfCodes.size < mostKept) namesOfCodes.set(code, found);
  return found;
}

function namesOf(code: string): readonly string[] {
  return kinds.flatMap((type) => {
    try {
      const written = type === 'language' ? code.replace('_', '-').split('-')[0]?.toLowerCase() ?? '' : code.toUpperCase();
      const name = displayNamesOf(type).of(written);
      return name === undefined ? [] : [name, ...name.split(' ').filter((word) => word.length > 3)];
    } catch {
      // A text of that length need not be a code.
      return [];
    }
  });
}
