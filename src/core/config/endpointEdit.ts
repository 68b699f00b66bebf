import { memberOf, parseTree } from '../json/tree.ts';

export type ConfigEdit = { readonly start: number; readonly end: number; readonly newText: string };

/**
 * The smallest edit that binds a role of looptool.json to an endpoint: the old one is replaced, a role that is not there is
 * added at the end of `endpoints`. Undefined where the text is no JSON object with endpoints. Offsets are UTF-16.
 */
export function endpointEdit(text: string, role: string, endpoint: object): ConfigEdit | undefined {
  const tree = parseTree(text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text);
  const endpoints = tree.ok ? memberOf(tree.node, 'endpoints')?.value : undefined;
  if (endpoints?.kind !== 'object') return undefined;
  const json = oneLine(endpoint);
  const old = memberOf(endpoints, role)?.value;
  if (old) return { start: old.start, end: old.end, newText: json };
  const last = endpoints.members.at(-1);
  if (!last) return { start: endpoints.start + 1, end: endpoints.start + 1, newText: ` ${JSON.stringify(role)}: ${json} ` };
  const lineStart = text.lastIndexOf('\n', last.key.start) + 1;
  const before = text.slice(lineStart, last.key.start);
  const gap = /^\s*$/.test(before) ? `\n${before}` : ' ';
  return { start: last.value.end, end: last.value.end, newText: `,${gap}${JSON.stringify(role)}: ${json}` };
}

/** `{ "kind": "openai", ... }`, as the rest of the file is usually written. */
function oneLine(value: object): string {
  return JSON.stringify(value, undefined, 1).replace(/\n\s*/g, ' ');
}
