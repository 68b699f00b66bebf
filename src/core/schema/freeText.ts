import type { JsonValue } from '../json/value.ts';
import { listInText, splitTop } from './typeText.ts';
import { namedType, type NamedType } from './typeNames.ts';

/** A parameter that is described in a sentence (ToolAlpaca): `Required. integer. One of: [1, 2]. How many.` */
export type DescribedParameter = NamedType & {
  /** What the text itself says; undefined where it says nothing. */
  readonly required: boolean | undefined;
  readonly enum?: readonly JsonValue[];
  readonly description?: string;
  /** Whether a sentence follows the type, as in documentation made from OpenAPI, where what is not marked is optional. */
  readonly isSentence: boolean;
};

const mark = /^\s*\(?(required|optional)\)?(?:\s*[.:,;-]\s*|\s+)/i;

/** The few texts that a dataset repeats for all its parameters (`str, optional`). Emptied when full. */
const remembered = new Map<string, DescribedParameter>();
const mostRemembered = 1000;
const longestRemembered = 100;

/** Reads a type name or a describing text. Text that names no type allows anything; a lone unknown word is reported as such. */
export function describedParameter(text: string): DescribedParameter {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const read = readDescription(text);
  if (text.length <= longestRemembered) {
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(text, read);
  }
  return read;
}

function readDescription(text: string): DescribedParameter {
  const named = namedType(text);
  if (named.unknown === undefined) return { ...named, required: undefined, isSentence: false };
  const marked = mark.exec(text);
  const rest = marked === null ? text : text.slice(marked[0].length);
  const required = marked === null ? undefined : marked[1]?.toLowerCase() === 'required';
  const whole = namedType(rest);
  if (whole.unknown === undefined) return { ...whole, optional: whole.optional || required === false, required, isSentence: false };
  const [first = ''] = splitSentence(rest);
  const type = namedType(first.replace(/(?<!\s)\s*\((?:required|optional)\)\s*$/i, ''));
  const description = (type.unknown === undefined ? rest.slice(first.length).replace(/^\s*[.:,;-]\s*/, '') : rest).trim();
  const isWord = /^[\w.$<>[\]]*$/.test(rest.trim());
  const listed = /\bone of:?\s*(\[[^\]]*\])/i.exec(rest)?.[1];
  const members = listed === undefined ? undefined : listInText(listed);
  const { unknown, ...read } = type;
  return {
    ...read,
    ...(unknown !== undefined && isWord ? { unknown } : {}),
    optional: type.optional || required === false,
    required,
    ...(members === undefined ? {} : { enum: members }),
    ...(description === '' ? {} : { description }),
    isSentence: !isWord,
  };
}

/** The part before the first full stop, colon or dash that stands outside of brackets. */
function splitSentence(text: string): string[] {
  const stops = ['.', ':', ' - ', ';'].map((stop) => (stop.length === 1 ? splitTop(text, stop)[0] : text.split(stop)[0]) ?? text);
  return [stops.reduce((shortest, part) => (part.length < shortest.length ? part : shortest), text).trim()];
}
