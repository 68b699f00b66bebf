import { expect, test } from 'vitest';
import { AdaptiveLimit, fixedLimit, type ConcurrencyLimit } from '../../../src/node/dispatch/adaptiveLimit.ts';

/** Serves `count` requests in simulated time and says how long it took. `start` gives the time that one takes, or a refusal. */
function simulate(limit: ConcurrencyLimit, count: number, start: (now: number, inFlight: number) => { readonly takes: number; readonly refused?: true }): { readonly ms: number; readonly largest: number } {
  const ends: { at: number; refused: boolean }[] = [];
  let [now, sent, answered, largest] = [0, 0, 0, 0];
  let back = 0;
  while (answered < count) {
    while ((sent < count || back > 0) && ends.length < limit.limit) {
      if (back > 0) back -= 1;
      else sent += 1;
      const { takes, refused } = start(now, ends.length + 1);
      ends.push({ at: now + takes, refused: refused === true });
    }
    largest = Math.max(largest, ends.length);
    ends.sort((a, b) => a.at - b.at);
    const next = ends.shift();
    if (!next) throw new Error('nothing is under way');
    now = next.at;
    if (next.refused) back += 1;
    else answered += 1;
    limit.ended(next.refused ? 'overload' : 'answered', { now, busy: sent < count || back > 0 });
  }
  return { ms: now, largest };
}

/** 0.8 to 1.2, the same every time. */
function jitter() {
  let seed = 1;
  return () => 0.8 + 0.4 * ((seed = (seed * 16807) % 2147483647) / 2147483647);
}

function slots(count: number) {
  const free = Array.from({ length: count }, () => 0);
  const draw = jitter();
  return (now: number) => {
    const slot = free.indexOf(Math.min(...free));
    const at = Math.max(now, free[slot] ?? 0) + 60 * draw();
    free[slot] = at;
    return { takes: at - now };
  };
}

function rateLimited(perSecond: number) {
  let [allowance, filledAt] = [0, 0];
  const draw = jitter();
  return (now: number) => {
    allowance = Math.min(perSecond / 20, allowance + ((now - filledAt) * perSecond) / 1000);
    filledAt = now;
    if (allowance < 1) return { takes: 5, refused: true as const };
    allowance -= 1;
    return { takes: 60 * draw() };
  };
}

function slower(half: number) {
  const draw = jitter();
  return (_now: number, inFlight: number) => ({ takes: 60 * (1 + (inFlight / half) ** 2) * draw() });
}

const shapes = [
  ['24 slots', () => slots(24)],
  ['48 slots', () => slots(48)],
  ['3 slots', () => slots(3)],
  ['a rate limit', () => rateLimited(300)],
  ['slower under load', () => slower(24)],
  ['slower under little load', () => slower(6)],
] as const;

test.each(shapes)('with %s, 2,000 requests from the first on take at most a tenth longer than at the best fixed limit', (_name, make) => {
  const fixed = [1, 2, 3, 4, 6, 8, 12, 16, 18, 24, 32, 48, 64, 100, 128].map((limit) => simulate(fixedLimit(limit), 2000, make()).ms);
  const own = simulate(new AdaptiveLimit(512), 2000, make());
  expect(Math.min(...fixed) / own.ms).toBeGreaterThan(0.9);
});

test('it stays within what it is allowed, and takes refusals as a reason to go down', () => {
  expect(simulate(new AdaptiveLimit(20), 2000, slots(500)).largest).toBeLessThanOrEqual(20);
  const limit = new AdaptiveLimit(512);
  const before = limit.limit;
  for (let refusals = 0; refusals < 100; refusals++) limit.ended('overload', { now: refusals, busy: true });
  expect(limit.limit).toBeLessThan(before);
  expect(limit.limit).toBeGreaterThanOrEqual(1);
});
