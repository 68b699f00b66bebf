import { pythonStringMap } from '../json/pythonStringMap.ts';
import { skipWhitespace } from '../json/scanner.ts';
import { StringMap } from '../json/stringMap.ts';
import { parseTree, type JsonNode, type ParsedTree, type StringNode } from '../json/tree.ts';
import { callsInText, type CallInText, type Syntax } from './callsInText.ts';

/**
 * A text that values stand in: the file itself, or the decoded value of a string in another layer. What was found in it is
 * kept, so that many places of one record cost one reading each.
 */
export class TextLayer {
  private readonly inner = new Map<number, TextLayer | undefined>();
  private readonly trees = new Map<number, ParsedTree>();
  private found: readonly CallInText[] | undefined;

  constructor(
    readonly text: string,
    /** Leads from offsets of this text to the file; undefined where it is the file. */
    readonly map?: StringMap,
  ) {}

  /** The JSON value that starts at the offset, or why there is none. */
  parsed(offset: number): ParsedTree {
    let parsed = this.trees.get(offset);
    if (parsed === undefined) this.trees.set(offset, (parsed = parseTree(this.text, { offset })));
    return parsed;
  }

  tree(offset: number): JsonNode | undefined {
    const parsed = this.parsed(offset);
    return parsed.ok ? parsed.node : undefined;
  }

  /** The object that the text as a whole is. */
  wholeObject(): JsonNode | undefined {
    const start = skipWhitespace(this.text, 0);
    const node = this.text.charAt(start) === '{' ? this.tree(start) : undefined;
    return node !== undefined && skipWhitespace(this.text, node.end) === this.text.length ? node : undefined;
  }

  calls(): readonly CallInText[] {
    this.found ??= callsInText(this.text);
    return this.found;
  }

  /** The decoded text of a string of this layer; undefined where its offsets have no one place. */
  inside(node: StringNode, syntax: Syntax): TextLayer | undefined {
    if (!this.inner.has(node.start)) {
      const map = literalMap(this, node, syntax, this.map);
      this.inner.set(node.start, map && new TextLayer(node.value, map));
    }
    return this.inner.get(node.start);
  }
}

/** The map of a string of a layer: to the layer, or with a parent to the file. Undefined where its offsets have no one place. */
export function literalMap(layer: TextLayer, node: StringNode, syntax: Syntax, parent?: StringMap): StringMap | undefined {
  if (isBare(layer, node)) return new StringMap(layer.text, node, parent, { contentStart: node.start, decodedAfter: [], sourceAfter: [], encode: (decoded) => decoded });
  return syntax === 'python' ? pythonStringMap(layer.text, node, node.value, parent) : new StringMap(layer.text, node, parent);
}

/** Whether a string stands without quotes, as names and keywords of Python calls do. */
export function isBare(layer: TextLayer, node: StringNode): boolean {
  return node.end - node.start === node.value.length && layer.text.startsWith(node.value, node.start);
}
