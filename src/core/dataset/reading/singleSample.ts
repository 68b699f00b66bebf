import type { SourcePath } from '../../json/path.ts';
import type { CallPlace, RecordProblem, RecordReading, SamplePlaces } from '../dialect.ts';
import { makeSample } from '../identity.ts';
import type { Label, Message, ToolCall, ToolDefinition } from '../sample.ts';

/** A record that is one sample. */
export type SingleSample = {
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
  readonly label: Label;
  readonly family?: string | undefined;
  readonly places: () => SamplePlaces;
  readonly unheld?: readonly string[] | undefined;
};

export function singleSample({ tools, messages, label, family, places, unheld }: SingleSample, step = 0): RecordReading {
  const sample = makeSample({ tools, messages, label, family });
  return { samples: [{ sample, step, places, ...(unheld === undefined || unheld.length === 0 ? {} : { unheld }) }], problems: [] };
}

/** A record that cannot be read at all. */
export function refusal(problem: RecordProblem): RecordReading {
  return { samples: [], problems: [problem] };
}

/** Calls of one or more lists, or that none is expected where there are none; several lists are alternatives. */
export function callsLabel(first: readonly ToolCall[], alternatives: readonly (readonly ToolCall[])[] = []): Label {
  const [call, ...others] = first;
  if (call === undefined) return { kind: 'noCall' };
  return { kind: 'calls', calls: [call, ...others], ...(alternatives.length === 0 ? {} : { alternatives }) };
}

/** Places as seen from further out. */
export function placesWithin(path: SourcePath, places: readonly CallPlace[]): readonly CallPlace[] {
  return places.map((place) => ({ call: [...path, ...place.call], name: [...path, ...place.name], arguments: place.arguments && [...path, ...place.arguments] }));
}
