import type { SourcePath } from '../../json/path.ts';
import type { ScanAnswerOptions } from '../../toolcall/callBodies.ts';
import type { CallPlace } from '../dialect.ts';
import { scanAnswer } from '../../toolcall/answerScanner.ts';
import { callsInText } from '../callsInText.ts';

/** Where the calls in a string stand; `path` leads to the string. */
export function textCallPlaces(path: SourcePath, text: string): readonly CallPlace[] {
  return callsInText(text).map((found, index) => {
    const call: SourcePath = [...path, { call: index }];
    const args = found.arguments;
    return {
      call,
      name: [...call, 'name'],
      // Arguments written as JSON text are the object in it.
      arguments: args?.kind === 'object' || args?.kind === 'string' ? [...call, 'arguments'] : undefined,
    };
  });
}

/** Where the first call that cannot be read stands in a string. */
export function brokenCallPlace(path: SourcePath, text: string, options: ScanAnswerOptions = {}): SourcePath | undefined {
  const piece = scanAnswer(text, options).calls.find((call) => call.problem !== undefined);
  return piece && [...path, { from: piece.start, to: piece.end }];
}
