type Implied = { readonly spoken: RegExp; readonly numbers: readonly number[] };

/** Numbers that a word stands for, or that everybody knows of a thing. */
const implied: readonly Implied[] = [
  { spoken: /\bcards?\b|\bdecks?\b/, numbers: [2, 4, 8, 12, 13, 16, 26, 40, 48, 52, 54] },
  { spoken: /\bdic?e\b|\bcubes?\b/, numbers: [3, 6, 8, 12, 36, 216] },
  { spoken: /\bcoins?\b|\bpairs?\b|\bcouples?\b|\btwins?\b/, numbers: [2, 4] },
  { spoken: /\bminutes?\b/, numbers: [60] },
  { spoken: /\bhour(?:s|ly)?\b/, numbers: [24, 60, 3600] },
  { spoken: /\bdays?\b|\bdaily\b/, numbers: [24, 365, 1440, 86400] },
  { spoken: /\bweek(?:s|ly|ends?)?\b/, numbers: [2, 5, 7, 52, 168] },
  { spoken: /\bfortnight/, numbers: [14] },
  { spoken: /\bmonth(?:s|ly)?\b/, numbers: [12, 28, 30, 31] },
  { spoken: /\bquarter(?:s|ly)?\b/, numbers: [3, 4, 90, 91] },
  { spoken: /\byear(?:s|ly)?\b|\bannual/, numbers: [12, 52, 365, 366] },
  { spoken: /\bdecades?\b/, numbers: [10] },
  { spoken: /\bcentur(?:y|ies)\b/, numbers: [100] },
  { spoken: /\bdozens?\b/, numbers: [12] },
];

/** Whether a text in lower case has a word that stands for the number: a month is 30 days, a deck has 52 cards. */
export function impliesNumber(value: number, text: string): boolean {
  return implied.some(({ spoken, numbers }) => numbers.includes(value) && spoken.test(text));
}
