import type { Ruling } from '../../../core/review/decision.ts';
import type { Say } from './sessionPorts.ts';

/** English as it stands; a host with another language puts its own in its place. */
export const plainSay: Say = (text, ...values) => text.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));

export function storedText(ruling: Ruling, say: Say): string {
  switch (ruling) {
    case 'keepLabel':
      return say('Label kept.');
    case 'takePrediction':
      return say('Prediction taken as the label.');
    case 'bothCorrect':
      return say('Both are correct: the prediction is an accepted alternative.');
    case 'bothWrong':
      return say('Both are wrong.');
    case 'drop':
      return say('Sample dropped.');
    case 'unsure':
      return say('Unsure.');
    case 'edit':
      return say('Edited label stored.');
  }
}

export function noAnswerText(say: Say): string {
  return say('The prediction is no complete answer, so it cannot be taken. Keep the label, edit it, or call both wrong.');
}

/** What a person cannot do, and what to do next. */
export class ReviewRefusal extends Error {
  override readonly name = 'ReviewRefusal';

  constructor(
    message: string,
    /** The page shows something that is no longer so: it is sent the present state as well. */
    readonly outdated = false,
  ) {
    super(message);
  }
}
