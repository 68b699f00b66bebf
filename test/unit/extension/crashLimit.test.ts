import { expect, it } from 'vitest';
import { CrashLimit } from '../../../src/extension/language/crashLimit.ts';

it('gives up after more than so many crashes within the time, and not over a longer one', () => {
  const limit = new CrashLimit(2, 1000);
  expect([0, 10, 20].map((now) => limit.add(now))).toEqual([true, true, false]);
  limit.reset();
  expect([0, 600, 1200, 1800].map((now) => limit.add(now))).toEqual([true, true, true, true]);
  expect(limit.add(1801)).toBe(false);
});
