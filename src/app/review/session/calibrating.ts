import type { Calibration } from '../../../core/review/decision.ts';
import { drawCalibration } from '../../../core/review/measure/calibration.ts';
import type { ReviewRequest } from '../../../protocol/review/messages.ts';
import type { Answer } from './deciding.ts';
import { ReviewRefusal } from './reviewTexts.ts';
import type { SessionState } from './sessionState.ts';

/** Draws a simple random sample of one verdict class, once and for all, and goes to it. */
export async function startCalibration(state: SessionState, request: Extract<ReviewRequest, { readonly type: 'startCalibration' }>): Promise<Answer> {
  const { verdict, judge, promptVersion, size } = request;
  await state.sync();
  const { source, rng } = state.ports;
  const drawn = drawCalibration(state.queue.items, { verdict, judge, promptVersion, size, seed: rng.u32(), round: source.round });
  if (drawn.pairs.length === 0) throw new ReviewRefusal(state.say('There is no pair with this verdict of {0} (prompt {1}) to draw from. Verify the round first, or choose another verdict.', judge, promptVersion));
  const calibration: Calibration = { v: 1, op: 'calibrate', ...state.stamp(), ...drawn };
  await state.append([calibration]);
  await state.set(state.queue.spec, { kind: 'calibration', id: calibration.id });
  return state.snapshot({ announcement: state.say('{0} of {1} pairs drawn. Decide them one by one; what the judge said is not shown.', drawn.pairs.length, drawn.population) });
}
