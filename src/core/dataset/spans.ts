import type { JsonNode } from '../json/tree.ts';
import type { Span, StringMap } from '../json/stringMap.ts';

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

/** A node of the text, or of a decoded string inside it: then `map` leads to the text. */
export type Located<N extends JsonNode = JsonNode> = { readonly node: N; readonly map?: StringMap | undefined };

export type LocatedCall = {
  readonly call: Located;
  readonly name: Located;
  /** Absent where the call has no arguments, or null ones. */
  readonly arguments: Located | undefined;
};

export function sourceSpan(located: Located): Span {
  const { start, end } = located.node;
  return located.map === undefined ? { start, end } : located.map.spanToSource({ start, end });
}

export function callSpans(located: LocatedCall): CallSpans {
  const args = located.arguments;
  const members = args?.node.kind === 'object' ? args.node.members : [];
  return {
    call: sourceSpan(located.call),
    name: sourceSpan(located.name),
    arguments: args && sourceSpan(args),
    values: members.map(({ key, value }) => ({
      name: key.value,
      key: sourceSpan({ node: key, map: args?.map }),
      value: sourceSpan({ node: value, map: args?.map }),
    })),
  };
}
