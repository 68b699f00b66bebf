import type { Rule } from './rule.ts';

/** An argument that is none of the values that its schema lists. */
export const argumentEnum: Rule = {
  id: 'argument-enum',
  severity: 'error',
  check({ violations, places }) {
    return violations
      .filter((violation) => violation.kind === 'enum')
      .map((violation) => ({ range: places.value(violation.call, violation.path), message: violation.message }));
  },
};
