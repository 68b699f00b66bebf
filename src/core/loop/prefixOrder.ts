import { stringifyJson } from '../json/stringify.ts';
import type { JsonValue } from '../json/value.ts';
import type { ModelRequest } from './requestKey.ts';

/**
 * The same asks, those with the same tools and system message next to each other: servers keep the work on a common
 * beginning of prompts, but not for long. Groups come in the order of their first member, members in the order given.
 * No key, no request and no outcome depends on the order.
 */
export function prefixOrdered<T extends { readonly request: ModelRequest }>(asks: Iterable<T>): readonly T[] {
  const groups = new Map<number, T[]>();
  for (const ask of asks) {
    const key = prefixHash(ask.request);
    const group = groups.get(key);
    if (group) group.push(ask);
    else groups.set(key, [ask]);
  }
  return [...groups.values()].flat();
}

/** Two prefixes of one hash only stand beside each other, which costs nothing. */
function prefixHash({ tools, messages }: ModelRequest): number {
  const [first] = messages;
  // Tool definitions are JSON data.
  const text = `${tools.length === 0 ? '' : stringifyJson(tools as unknown as JsonValue)}\n${first?.role === 'system' ? first.content : ''}`;
  let [high, low] = [0x811c9dc5, 0x1b873593];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
  }
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}
