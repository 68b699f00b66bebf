import type { Rule } from './rule.ts';

/** An argument of another JSON type than its schema says. */
export const argumentType: Rule = {
  id: 'argument-type',
  severity: 'error',
  check({ violations, places }) {
    return violations
      .filter((violation) => violation.kind === 'type')
      .map((violation) => ({ range: places.value(violation.call, violation.path), message: violation.message }));
  },
};
