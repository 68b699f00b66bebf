import type { Rule } from './rule.ts';

/** An argument that the tool does not declare. */
export const unknownArgument: Rule = {
  id: 'unknown-argument',
  severity: 'error',
  check({ violations, places }) {
    return violations
      .filter((violation) => violation.kind === 'unknown')
      .map((violation) => ({ range: places.key(violation.call, violation.path), message: violation.message }));
  },
};
