/** A date that a text is, as a whole; parts that it leaves out are absent. */
export type WrittenDate = { readonly year?: number; readonly month: number; readonly day: number; readonly style: DateStyle };
export type DateStyle = 'YYYY-MM-DD' | 'YYYY/MM/DD' | 'YYYY.MM.DD' | 'MM/DD/YYYY' | 'MM-DD-YYYY' | 'DD/MM/YYYY' | 'DD-MM-YYYY' | 'DD.MM.YYYY' | 'words';

const numeric = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?=$|[T ])/;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const worded = /^(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})|([a-z]{3,9})\.? ?(\d{1,2})(?:st|nd|rd|th)?),?(?: ?(\d{4}))?$/i;

/** Every way to read a text as a date; none when it is not one. `3/4/2024` has two, `13/4/2024` one, `2024-02-30` one that is impossible. */
export function readDates(text: string): readonly WrittenDate[] {
  const trimmed = text.trim();
  const match = numeric.exec(trimmed);
  if (match !== null) return numericDates(match);
  const words = worded.exec(trimmed);
  if (words === null) return [];
  const [, dayFirst, monthAfter, monthFirst, dayAfter, year] = words;
  const month = months.indexOf((monthAfter ?? monthFirst ?? '').slice(0, 3).toLowerCase()) + 1;
  return month === 0 ? [] : [{ month, day: Number(dayFirst ?? dayAfter), style: 'words', ...(year === undefined ? {} : { year: Number(year) }) }];
}

function numericDates([, a = '', mark = '', b = '', c = '']: RegExpExecArray): readonly WrittenDate[] {
  if (a.length === 4) return c.length > 2 ? [] : [{ year: Number(a), month: Number(b), day: Number(c), style: mark === '-' ? 'YYYY-MM-DD' : mark === '/' ? 'YYYY/MM/DD' : 'YYYY.MM.DD' }];
  if (c.length !== 4 || a.length > 2) return [];
  const year = Number(c);
  const monthFirst: WrittenDate = { year, month: Number(a), day: Number(b), style: mark === '-' ? 'MM-DD-YYYY' : 'MM/DD/YYYY' };
  const dayFirst: WrittenDate = { year, month: Number(b), day: Number(a), style: mark === '-' ? 'DD-MM-YYYY' : mark === '/' ? 'DD/MM/YYYY' : 'DD.MM.YYYY' };
  const both = mark === '.' ? [dayFirst] : [monthFirst, dayFirst];
  const real = both.filter(isPossible);
  return real.length > 0 ? real : both.slice(0, 1);
}

/** Whether the calendar has the date. Without a year, 29 February is one. */
export function isPossible({ year, month, day }: Pick<WrittenDate, 'year' | 'month' | 'day'>): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = year === undefined || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

const demands: readonly (readonly [RegExp, readonly DateStyle[]])[] = [
  [/\bY{2,4}-M{1,2}-D{1,2}\b/i, ['YYYY-MM-DD']],
  [/\bY{2,4}\/M{1,2}\/D{1,2}\b/i, ['YYYY/MM/DD']],
  [/\bY{2,4}\.M{1,2}\.D{1,2}\b/i, ['YYYY.MM.DD']],
  [/\bM{1,2}\/D{1,2}\/Y{2,4}\b/i, ['MM/DD/YYYY']],
  [/\bM{1,2}-D{1,2}-Y{2,4}\b/i, ['MM-DD-YYYY']],
  [/\bD{1,2}\/M{1,2}\/Y{2,4}\b/i, ['DD/MM/YYYY']],
  [/\bD{1,2}-M{1,2}-Y{2,4}\b/i, ['DD-MM-YYYY']],
  [/\bD{1,2}\.M{1,2}\.Y{2,4}\b/i, ['DD.MM.YYYY']],
];

/** Styles of dates that a description asks for by name; empty where it names none. */
export function demandedStyles(description: string): readonly DateStyle[] {
  return demands.filter(([pattern]) => pattern.test(description)).flatMap(([, styles]) => styles);
}

/** Undefined for a date without a year, and for words, which have no one form. */
export function writeDate({ year, month, day }: Pick<WrittenDate, 'year' | 'month' | 'day'>, style: DateStyle): string | undefined {
  if (year === undefined || style === 'words') return undefined;
  const two = (number: number): string => String(number).padStart(2, '0');
  return style.replace('YYYY', String(year).padStart(4, '0')).replace('MM', two(month)).replace('DD', two(day));
}
