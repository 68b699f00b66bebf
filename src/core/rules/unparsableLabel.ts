import type { Rule } from './rule.ts';

/** The label cannot be read, so nothing can ever match it. */
export const unparsableLabel: Rule = {
  id: 'unparsable-label',
  severity: 'error',
  check({ read, places }) {
    const { label } = read.sample;
    return label.kind === 'invalid' ? [{ range: places.broken(), message: `the label cannot be read: ${label.reason}` }] : [];
  },
};
