import type { Rule } from './rule.ts';

/** A call of the label has no arguments object. It is read as `{}`, while a model's answer written so is invalid. */
export const noArguments: Rule = {
  id: 'no-arguments',
  severity: 'warning',
  check({ read, places }) {
    if (read.sample.label.kind !== 'calls') return [];
    return places.namesWithoutArguments().map((range) => ({ range, message: 'the call has no arguments object; write {} where it takes none' }));
  },
};
