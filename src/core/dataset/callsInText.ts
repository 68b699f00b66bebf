import type { JsonNode } from '../json/tree.ts';
import type { CallSyntax } from '../toolcall/callBodies.ts';
import { lastAnswer } from './reading/lastAnswer.ts';
import { findTextCalls } from '../toolcall/textCalls.ts';

/** How a value is written: JSON, literals of Python (`f(a=True)`), or bare text between tags (`<parameter=city>Oslo</parameter>`). */
export type Syntax = CallSyntax;

/** A call that the extraction finds in a text: its parts with offsets into that text. */
export type CallInText = { readonly node: JsonNode; readonly name: JsonNode; readonly arguments: JsonNode | undefined; readonly syntax: Syntax };

/** The one place that knows which extraction `{call: k}` of a path means: calls written as Python dicts are some too. */
export const callsInText = lastAnswer((text: string): readonly CallInText[] => findTextCalls(text, { pythonRepr: true }).calls);
