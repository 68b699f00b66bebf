import { round } from './numbersInText.ts';

/** Between units of time, length, mass, data and money, and between percent and fraction. */
const factors = [100, 1000, 60, 3600, 24, 86400, 7, 30, 365, 12, 52, 1e6, 1e9, 1024, 1048576, 1073741824, 2, 4, 0.5, 10, 90, 168, 604800, 1440, 10080, 2.54, 0.3048, 3.28084, 1.60934, 1.609344, 0.453592, 2.20462, 180];
const mostPairs = 40;

/** Whether a number can come of others: another unit, a sum, difference, product or quotient of two, a count of them. */
export function isDerivable(value: number, from: ReadonlySet<number>): boolean {
  const numbers = [...from];
  if (numbers.some((one) => close(one, value) || close(-one, value))) return true;
  if (numbers.some((one) => one !== 0 && (factors.some((factor) => close(one * factor, value) || close(one / factor, value)) || close((one * 9) / 5 + 32, value) || close(((one - 32) * 5) / 9, value) || close(one + 273.15, value) || close(1 - one, value)))) return true;
  if (numbers.length > mostPairs) return true;
  for (const a of numbers) {
    for (const b of numbers) {
      if (close(a + b, value) || close(a - b, value) || close(a * b, value) || (b !== 0 && close(a / b, value)) || (b !== 0 && close((100 * a) / b, value))) return true;
    }
  }
  return false;
}

function close(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-3 * Math.abs(b) * (Number.isInteger(b) ? 1e-6 : 1) || round(a) === b;
}
