import type { Rule } from './rule.ts';

const kinds = new Set(['range', 'length', 'pattern', 'format', 'combination', 'depth']);

/** An argument of the right type outside of the bounds, length, pattern or format of its schema. A warning: such words are often meant loosely. */
export const argumentConstraint: Rule = {
  id: 'argument-constraint',
  severity: 'warning',
  check({ violations, places }) {
    return violations
      .filter((violation) => kinds.has(violation.kind))
      .map((violation) => ({ range: places.value(violation.call, violation.path), message: violation.message }));
  },
};
