/**
 * What `JSON.stringify(value, undefined, indent)` gives, piece by piece: of a long list that is made while it is gone through
 * (any iterable but an array), one element is held at a time. Elements of such a list hold no such lists themselves.
 */
export function* jsonPieces(value: unknown, indent = 0, depth = 0): Generator<string> {
  if (typeof value !== 'object' || value === null) {
    yield JSON.stringify(value) ?? 'null';
    return;
  }
  const [open, close] = isIterable(value) ? '[]' : '{}';
  const colon = indent === 0 ? ':' : ': ';
  let before = `${open}${lineStart(indent, depth + 1)}`;
  const end = before;
  if (Array.isArray(value)) {
    for (const element of value as readonly unknown[]) {
      yield before;
      yield* jsonPieces(element, indent, depth + 1);
      before = `,${lineStart(indent, depth + 1)}`;
    }
  } else if (isIterable(value)) {
    for (const element of value) {
      yield before + (JSON.stringify(element, undefined, indent) ?? 'null').replaceAll('\n', lineStart(indent, depth + 1));
      before = `,${lineStart(indent, depth + 1)}`;
    }
  } else {
    for (const [key, member] of Object.entries(value) as readonly (readonly [string, unknown])[]) {
      if (member === undefined) continue;
      yield `${before}${JSON.stringify(key)}${colon}`;
      yield* jsonPieces(member, indent, depth + 1);
      before = `,${lineStart(indent, depth + 1)}`;
    }
  }
  yield before === end ? `${open}${close}` : `${lineStart(indent, depth)}${close}`;
}

/** A list that is made anew each time that it is gone through. */
export function lazily<T>(make: () => Iterable<T>): Iterable<T> {
  return { [Symbol.iterator]: () => make()[Symbol.iterator]() };
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

function lineStart(indent: number, depth: number): string {
  return indent === 0 ? '' : `\n${' '.repeat(indent * depth)}`;
}
