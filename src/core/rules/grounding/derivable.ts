import { round } from './numbersInText.ts';

type Conversion = { readonly spoken: RegExp; readonly factors: readonly number[] };

/** Between units that a text speaks of in one way or another; factors work in both directions. */
const conversions: readonly Conversion[] = [
  { spoken: /hour|minute|second|\bmins?\b|\bh(?:rs?)?\b|\ds\b|time|duration|hourly/, factors: [60, 3600, 24, 1440, 86400] },
  { spoken: /day|daily|week|month|year|annual|decade|centur|quarter|night/, factors: [24, 7, 14, 28, 30, 31, 60, 90, 365, 366, 12, 52, 10, 100, 2, 3, 4, 86400, 604800, 2592000, 168] },
  { spoken: /percent|per cent|%|cents?\b|\$|usd|dollar|€|£|euro|ratio|rate|probab|chance/, factors: [100, 1000] },
  { spoken: /\b(?:[kcm]m|m|met(?:er|re)s?|kilomet|centimet|millimet|feet|foot|ft|inch|inches|miles?|yards?|mph|kmh|km\/h)\b|meter|metre|\d(?:[kcm]?m|ft|in)\b/, factors: [100, 1000, 10, 1e6, 12, 36, 3, 2.54, 25.4, 0.3048, 3.28084, 1.60934, 1.609344, 1609.34, 1609.344, 0.9144, 3.6, 0.44704, 0.621371] },
  { spoken: /\bk?gs?\b|gram|pound|\blbs?\b|ounce|\boz\b|ton|\d(?:k?g|lbs?|oz|mg)\b|lit(?:er|re)|gallon|\bm?l\b|\dm?l\b/, factors: [1000, 1e6, 0.453592, 453.592, 2.20462, 28.3495, 16, 3.78541, 2000] },
  { spoken: /\b[kmgt]i?b\b|byte|\d[kmgt]i?b\b|\b[kmg]?hz\b|\d[kmg]?hz\b|\b[mk]?watts?\b|\b[kmg]w\b|\b[km]?(?:pa|j|n|v|a)\b|milli|micro|nano|kilo|mega|giga|thousand|million|billion/, factors: [1000, 1e6, 1e9, 1e12, 1024, 1048576, 1073741824] },
  { spoken: /degree|radian|°|angle/, factors: [180 / Math.PI, 57.3] },
  { spoken: /half|twice|double|dozen|pair|couple|diameter|radius|each|both|round trip|return/, factors: [2, 3, 4, 12] },
  { spoken: /\d\s?[mkgunpμ][a-zω]{1,4}\b/, factors: [1e3, 1e6, 1e9, 1e12] },
  { spoken: /\d[kmb]\b/, factors: [1000, 1e6, 1e9] },
];
/** Quantities in two units: 6 feet 2, 1 hour 30, 2 dollars 50, 1 pound 3. */
const mixed = [12, 60, 100, 16, 7, 24, 30];
const mostNumbers = 40;

/** Whether a number can come of others that a text names: another unit, a sum, difference, product or quotient of two. */
export function isDerivable(value: number, from: ReadonlySet<number>, text: string): boolean {
  const numbers = [...from];
  if (numbers.length > mostNumbers) return true;
  const factors = conversions.filter(({ spoken }) => spoken.test(text)).flatMap((conversion) => conversion.factors);
  const isConverted = (one: number): boolean =>
    one !== 0 && (factors.some((factor) => close(one * factor, value) || close(one / factor, value)) || close((one * 9) / 5 + 32, value) || close(((one - 32) * 5) / 9, value) || close(one + 273.15, value) || close(1 - one, value) || close(100 - one, value));
  if (numbers.some((one) => close(Math.abs(one), Math.abs(value)) || isConverted(one))) return true;
  return numbers.some((a) => numbers.some((b) => isMadeOf(a, b, value)));
}

function isMadeOf(a: number, b: number, value: number): boolean {
  if (close(a + b, value) || close(a - b, value) || close(a * b, value) || close(a - b + 1, value)) return true;
  if (b !== 0 && (close(a / b, value) || close((100 * a) / b, value))) return true;
  return mixed.some((factor) => close(a * factor + b, value) || close(a + b / factor, value));
}

/** Fractions may be rounded. */
function close(a: number, b: number): boolean {
  return a === b || (Math.abs(a - b) <= 1e-11 * Math.abs(a) && round(a) === b) || (!Number.isInteger(b) && Math.abs(a - b) <= 5e-3 * Math.abs(b));
}
