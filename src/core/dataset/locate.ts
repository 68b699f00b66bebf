import type { PathStep, SourcePath } from '../json/path.ts';
import { StringMap, type Span } from '../json/stringMap.ts';
import { memberOf, parseTree, type JsonNode } from '../json/tree.ts';
import { locateTextCalls } from './reading/answerText.ts';

export type Place = { readonly span: Span; readonly node?: JsonNode | undefined; readonly map?: StringMap | undefined; readonly syntax: 'json' | 'python' };

/** Finds where paths of one record lead. With several starts, the first step of a path is the number of a line that starts there. */
export class RecordLocator {
  private root: JsonNode | undefined;

  constructor(
    private readonly text: string,
    start: number | readonly number[],
  ) {
    this.root = typeof start === 'number' ? treeAt(text, start) : linesNode(text, start);
  }

  get record(): Span {
    return this.root === undefined ? { start: 0, end: 0 } : { start: this.root.start, end: this.root.end };
  }

  locate(path: SourcePath): Place | undefined {
    let node = this.root;
    let map: StringMap | undefined;
    let base = this.text;
    for (const step of path) {
      if (node === undefined) return undefined;
      if (typeof step === 'object') {
        if ('key' in step) {
          const key = memberOf(node, step.key)?.key;
          return key && this.place(key, map);
        }
        if (node.kind !== 'string') return undefined;
        const inner = new StringMap(base, node, map);
        if ('from' in step) return { span: inner.spanToSource({ start: step.from, end: step.to }), syntax: 'json', map: inner };
        base = node.value;
        map = inner;
        node = 'json' in step ? treeAt(base, step.json) : callNode(base, step.call);
      } else node = child(node, step);
    }
    return node && this.place(node, map);
  }

  deepest(path: SourcePath): Place | undefined {
    for (let length = path.length; length >= 0; length--) {
      const place = this.locate(path.slice(0, length));
      if (place !== undefined) return place;
    }
    return undefined;
  }

  private place(node: JsonNode, map: StringMap | undefined): Place {
    return { span: map === undefined ? { start: node.start, end: node.end } : map.spanToSource(node), node, map, syntax: 'json' };
  }
}

function linesNode(text: string, starts: readonly number[]): JsonNode {
  const items = starts.flatMap((start) => treeAt(text, start) ?? []);
  return { kind: 'array', start: items[0]?.start ?? 0, end: items.at(-1)?.end ?? 0, items };
}

function treeAt(text: string, offset: number): JsonNode | undefined {
  const parsed = parseTree(text, { offset });
  return parsed.ok ? parsed.node : undefined;
}

function callNode(text: string, index: number): JsonNode | undefined {
  const call = locateTextCalls(text)[index];
  if (call === undefined) return undefined;
  const key = (value: string, at: JsonNode) => ({ kind: 'string' as const, start: at.start, end: at.start, value });
  const members = [{ key: key('name', call.name), value: call.name }, ...(call.arguments === undefined ? [] : [{ key: key('arguments', call.arguments), value: call.arguments }])];
  return { kind: 'object', start: call.node.start, end: call.node.end, members };
}

function child(node: JsonNode, step: Exclude<PathStep, object>): JsonNode | undefined {
  if (typeof step === 'number') return node.kind === 'array' ? node.items[step] : undefined;
  return memberOf(node, step)?.value;
}
