import type { SourcePath } from '../json/path.ts';
import type { Span } from '../json/stringMap.ts';
import type { CallPlace, SamplePlaces } from './dialect.ts';
import { RecordLocator } from './locate.ts';

export type { Span };

/** One change of a text: UTF-16 offsets, `end` exclusive. */
export type TextEdit = Span & { readonly newText: string };

export type ArgumentSpan = { readonly name: string; readonly key: Span; readonly value: Span };

/** Where a call of the label stands; `arguments` is the arguments object without the quotes of a string around it. */
export type CallSpans = {
  readonly call: Span;
  readonly name: Span;
  readonly arguments: Span | undefined;
  readonly values: readonly ArgumentSpan[];
};

/**
 * Where the parts of a sample stand in the dataset's text, inside nested JSON strings too. `label` is the JSON value that
 * holds the label: the `output` literal of a LoopTool row, the assistant message of an OpenAI row. `messages` and `tools`
 * are parallel to the sample's; `calls` is parallel to the label's calls, empty for other labels.
 */
export type SampleSpans = {
  readonly record: Span;
  readonly tools: readonly Span[];
  readonly messages: readonly Span[];
  readonly label: Span;
  readonly calls: readonly CallSpans[];
};

/** Works out all spans of a sample. Parts that cannot be found stand where their record does. A label in a companion file has its record's place. */
export function sampleSpans(text: string, recordStart: number | readonly number[], places: SamplePlaces): SampleSpans {
  const locator = new RecordLocator(text, recordStart);
  const { record } = locator;
  const spanOf = (path: SourcePath): Span => locator.deepest(path)?.span ?? record;
  const elsewhere = places.answers !== undefined;
  return {
    record,
    tools: places.tools.map(spanOf),
    messages: places.messages.map(spanOf),
    label: elsewhere ? record : spanOf(places.label),
    calls: elsewhere ? [] : places.calls.map((call) => callSpans(locator, call, spanOf)),
  };
}

function callSpans(locator: RecordLocator, { call, name, arguments: path }: CallPlace, spanOf: (path: SourcePath) => Span): CallSpans {
  const args = path === undefined ? undefined : locator.locate(path);
  const members = args?.node?.kind === 'object' ? args.node.members : [];
  return {
    call: spanOf(call),
    name: spanOf(name),
    arguments: args?.span,
    values: members.map(({ key }) => ({ name: key.value, key: spanOf([...(path ?? []), { key: key.value }]), value: spanOf([...(path ?? []), key.value]) })),
  };
}
