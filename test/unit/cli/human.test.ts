import { expect, it } from 'vitest';
import { Reporter } from '../../../src/app/reporter.ts';
import { humanWriter } from '../../../src/cli/writers/human.ts';
import { runnerEventSchema, type RunnerEvent } from '../../../src/protocol/runnerEvents.ts';

const clock = { now: () => 0, sleep: () => Promise.resolve() };
const counts = { 'held.before.samples': 4, 'held.before.right': 2, 'held.before.unverified': 0 };

/** What a stage that ends says, as an event and as text. */
function end(partial: boolean): { readonly event: RunnerEvent | undefined; readonly text: string } {
  const events: RunnerEvent[] = [];
  let text = '';
  const out = { write: (part: string) => (text += part) };
  const writer = humanWriter(out, out, () => 0);
  new Reporter(clock, (event) => {
    events.push(runnerEventSchema.parse(event));
    writer.event(event);
  })
    .stage(1, 'evaluate')
    .end('done', counts, [], partial);
  return { event: events[0], text };
}

it('the held-out sets before training are a part of their stage, and do not read as its end', () => {
  const { event, text } = end(true);
  expect(event).toMatchObject({ type: 'stage-end', status: 'done', partial: true });
  expect(text).toBe('round 1 evaluate held-out measured before training: held 50.0 % before training\n');
});

it('a stage that is over says done', () => {
  const { event, text } = end(false);
  expect(event).not.toHaveProperty('partial');
  expect(text).toContain('round 1 evaluate done');
});
