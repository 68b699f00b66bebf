import { describe, expect, it } from 'vitest';
import { queueFilterSchema } from '../../../src/core/review/queue/queueSpec.ts';
import { conditions, isToggled, NO_CONDITION, toggled, withCondition } from '../../../webview-ui/review/queue/filterChanges.ts';

describe('changes of a filter', () => {
  it('add and take away values of a list; an empty list is no condition', () => {
    const one = toggled(NO_CONDITION, 'verdicts', 'LABEL_WRONG');
    const two = toggled(one, 'verdicts', 'unjudged');
    expect(two).toEqual({ state: 'all', verdicts: ['LABEL_WRONG', 'unjudged'] });
    expect(isToggled(two, 'verdicts', 'unjudged')).toBe(true);
    expect(toggled(toggled(two, 'verdicts', 'LABEL_WRONG'), 'verdicts', 'unjudged')).toEqual(NO_CONDITION);
  });

  it('leave out what is undefined, so that the schema takes it', () => {
    const filter = withCondition({ state: 'decided', text: 'x' }, { text: undefined, share: { index: 0, of: 3 } });
    expect(filter).toEqual({ state: 'decided', share: { index: 0, of: 3 } });
    expect(queueFilterSchema.parse(filter)).toEqual(filter);
  });

  it('are counted without what is seen anyway', () => {
    expect(conditions({ state: 'undecided', text: 'x' })).toBe(0);
    expect(conditions({ state: 'all', tools: ['a', 'b'], ppl: { from: 1 } })).toBe(2);
  });
});
