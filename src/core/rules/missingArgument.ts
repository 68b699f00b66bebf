import type { Rule } from './rule.ts';

/** A required argument is not given. Shown at the name of the call, or at the key of the object that lacks the member. */
export const missingArgument: Rule = {
  id: 'missing-argument',
  severity: 'error',
  check({ violations, places }) {
    return violations
      .filter((violation) => violation.kind === 'missing')
      .map((violation) => ({ range: places.missing(violation.call, violation.path), message: violation.message }));
  },
};
