import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';

/** Where references of a schema are looked up; anchors are collected when the first one is asked for. */
export type References = { readonly root: JsonObject; anchors?: ReadonlyMap<string, JsonObject> };

/** Local references: JSON pointers, `$anchor` and `$id`. Others, and those that lead nowhere, give undefined. */
export function resolveReference(reference: string, references: References): JsonValue | undefined {
  const { root } = references;
  const hash = reference.indexOf('#');
  const pointer = hash >= 0 ? reference.slice(hash + 1) : '';
  const document = hash >= 0 ? reference.slice(0, hash) : reference;
  if (document !== '' && document !== root['$id'] && document !== root['id']) return (references.anchors ??= collectAnchors(root)).get(document);
  if (pointer === '') return root;
  if (!pointer.startsWith('/')) return (references.anchors ??= collectAnchors(root)).get(`#${pointer}`);
  let at: JsonValue | undefined = root;
  for (const step of pointer.split('/').slice(1)) {
    const name = decode(step);
    if (Array.isArray(at)) at = (at as readonly JsonValue[])[Number(name)];
    else at = at !== undefined && isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}

function decode(step: string): string {
  let plain = step;
  try {
    plain = decodeURIComponent(step);
  } catch {
    // Not percent-encoded, then.
  }
  return plain.replaceAll('~1', '/').replaceAll('~0', '~');
}

const deepest = 128;

function collectAnchors(root: JsonObject): ReadonlyMap<string, JsonObject> {
  const anchors = new Map<string, JsonObject>();
  const visit = (value: JsonValue, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > deepest) return;
    if (Array.isArray(value)) {
      for (const member of value as readonly JsonValue[]) visit(member, depth + 1);
      return;
    }
    if (!isJsonObject(value)) return;
    const { $anchor: anchor, $id: id } = value;
    if (typeof anchor === 'string' && !anchors.has(`#${anchor}`)) anchors.set(`#${anchor}`, value);
    if (typeof id === 'string' && !anchors.has(id)) anchors.set(id, value);
    for (const key of Object.keys(value)) visit(value[key] ?? null, depth + 1);
  };
  visit(root, 0);
  return anchors;
}
