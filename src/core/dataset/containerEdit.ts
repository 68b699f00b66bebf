import type { JsonValue } from '../json/value.ts';
import type { JsonNode } from '../json/tree.ts';
import type { Span } from '../json/stringMap.ts';
import { childLine, childrenOf, goesOverLines, isKeywordList, indentationAt, writeString, writeValue, type Child, type Style } from './valueStyle.ts';
import type { TextLayer } from './textLayer.ts';

/** An edit in the offsets of a layer. */
export type LayerEdit = Span & { readonly newText: string };

/** What happens to the children of one object or list: some go, some come behind the rest. */
export type ContainerPlan = {
  readonly layer: TextLayer;
  readonly node: JsonNode;
  readonly style: Style;
  /** Indices of children that go. */
  readonly removed: Set<number>;
  /** Without a key in lists. */
  readonly added: { readonly key: string | undefined; readonly value: JsonValue }[];
};

/**
 * Edits of a container: each child that goes takes one comma with it, each that comes brings one, line breaks and indentation
 * stay as they are. Undefined where the syntax has no such text.
 */
export function containerEdits(plan: ContainerPlan): readonly LayerEdit[] | undefined {
  const { layer, node, removed } = plan;
  const children = childrenOf(node);
  const kept = children.filter((_, index) => !removed.has(index));
  // `(1)` is no tuple.
  if (node.kind === 'array' && layer.text.charAt(node.start) === '(' && kept.length + plan.added.length === 1) return undefined;
  const added = addedTexts(plan, children);
  if (added === undefined) return undefined;
  const first = children[0];
  const last = children.at(-1);
  if (kept.length === 0 || first === undefined || last === undefined) {
    if (first !== undefined && last !== undefined && added.length > 0) return [{ start: first.start, end: last.end, newText: added.join(separatorOf(plan, children)) }];
    return [{ start: node.start + 1, end: node.end - 1, newText: interior(plan, added) }];
  }
  const edits: LayerEdit[] = [];
  for (let index = 0; index < children.length; index++) {
    if (!removed.has(index)) continue;
    let next = index + 1;
    while (removed.has(next)) next++;
    const follower = children[next];
    const start = children[index]?.start ?? node.start;
    if (follower !== undefined) edits.push({ start, end: follower.start, newText: '' });
    else edits.push({ start: children[index - 1]?.end ?? start, end: last.end, newText: '' });
    index = next;
  }
  const separator = separatorOf(plan, children);
  const newText = added.map((text) => separator + text).join('');
  if (newText === '') return edits;
  // Behind what goes at the end stands what comes.
  const tail = edits.at(-1);
  if (tail !== undefined && tail.end === last.end) edits[edits.length - 1] = { ...tail, newText };
  else edits.push({ start: last.end, end: last.end, newText });
  return edits;
}

/** Everything between the brackets of a container that was empty, or is. */
function interior(plan: ContainerPlan, added: readonly string[]): string {
  if (added.length === 0) return '';
  const line = childLine(plan.layer, plan.node, plan.style);
  if (line === undefined) return added.join(plan.style.comma);
  const lineBreak = plan.style.lines?.lineBreak ?? '\n';
  return `${line}${added.join(`,${line}`)}${lineBreak}${indentationAt(plan.layer.text, plan.node.start)}`;
}

function separatorOf({ layer, node, style }: ContainerPlan, children: readonly Child[]): string {
  const [one, two] = children.slice(-2);
  const between = one && two && layer.text.slice(one.end, two.start);
  if (between !== undefined && /^\s*,\s*$/.test(between)) return between;
  const line = childLine(layer, node, style);
  return line === undefined ? style.comma : `,${line}`;
}

function addedTexts(plan: ContainerPlan, children: readonly Child[]): readonly string[] | undefined {
  const { layer, node, style } = plan;
  const line = isOneLine(layer, children) ? undefined : childLine(layer, node, style);
  const keywords = isKeywordList(layer, node);
  const texts: string[] = [];
  for (const { key, value } of plan.added) {
    const written = writeValue(value, style, line);
    if (key !== undefined && keywords && !isBareName(key)) return undefined;
    texts.push(key === undefined ? written : keywords ? `${key}=${written}` : writeString(key, style) + style.colon + written);
  }
  return texts;
}

/** Some child is a container on one line: so are others then. */
function isOneLine(layer: TextLayer, children: readonly Child[]): boolean {
  return children.some(({ value }) => childrenOf(value).length > 0 && !goesOverLines(layer, value));
}

/** Names of functions and arguments in calls of Python syntax stand without quotes. */
export function isBareName(name: string): boolean {
  return name.trim() === name && /^[^()[\]{},="'`\n\r;<>]+$/.test(name);
}
