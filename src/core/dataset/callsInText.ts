import type { JsonNode } from '../json/tree.ts';
import { locateTextCalls } from './dialects/answerText.ts';

/** How a value is written: literals of Python stand in texts like `f(a=True)`, `xml` is text between tags, without quotes. */
export type Syntax = 'json' | 'python' | 'xml';

/** A call that the extraction finds in a text: its parts with offsets into that text. */
export type CallInText = { readonly node: JsonNode; readonly name: JsonNode; readonly arguments: JsonNode | undefined; readonly syntax: Syntax };

/** The one place that knows which extraction `{call: k}` of a path means. */
export function callsInText(text: string): readonly CallInText[] {
  return locateTextCalls(text).map((call) => ({ ...call, syntax: 'json' }));
}
