import type { ReadSample } from '../dataset/dataset.ts';
import { dialectById } from '../dataset/dialects/registry.ts';
import { sourceSpan, type Located, type LocatedCall } from '../dataset/spans.ts';
import { StringMap, type Span } from '../json/stringMap.ts';
import { parseJson } from '../json/parse.ts';
import { memberOf, nodeAtPath, parseTree, type JsonNode } from '../json/tree.ts';
import { scanAnswer } from '../toolcall/answerScanner.ts';

type Path = readonly (string | number)[];

/** Finds where the parts of a label stand in the dataset's text. Works only when asked, so that samples without findings cost nothing. */
export class LabelPlaces {
  private located: readonly LocatedCall[] | undefined;

  constructor(
    private readonly text: string,
    private readonly read: ReadSample,
  ) {}

  /** The whole label, for what has no better place. */
  get label(): Span {
    return this.read.spans.label;
  }

  name(call: number): Span {
    const name = this.call(call)?.name;
    return name === undefined ? this.label : sourceSpan(name);
  }

  /** A value inside the arguments of a call; the nearest part that stands in the text where there is none. */
  value(call: number, path: Path): Span {
    const args = this.call(call)?.arguments;
    if (args === undefined) return this.name(call);
    for (let length = path.length; length > 0; length -= 1) {
      const node = nodeAtPath(args.node, path.slice(0, length));
      if (node !== undefined) return sourceSpan({ node, map: args.map });
    }
    return sourceSpan(args);
  }

  /** The key of a member, quotes included. */
  key(call: number, path: Path): Span {
    const args = this.call(call)?.arguments;
    const last = path.at(-1);
    if (args === undefined || typeof last !== 'string') return this.value(call, path);
    const parent = nodeAtPath(args.node, path.slice(0, -1));
    const member = memberOf(parent, last);
    return member === undefined ? this.value(call, path) : sourceSpan({ node: member.key, map: args.map });
  }

  /** Where a member is missing: the name of the call, or the key of the object that lacks it. */
  missing(call: number, path: Path): Span {
    const parent = path.slice(0, -1);
    if (parent.length === 0) return this.name(call);
    return typeof parent.at(-1) === 'string' ? this.key(call, parent) : this.value(call, parent);
  }

  /** The first part of an unreadable label that is itself unreadable. */
  broken(): Span {
    const parsed = parseTree(this.text, { offset: this.label.start });
    const found = parsed.ok ? this.brokenIn(parsed.node) : undefined;
    return found === undefined ? this.label : sourceSpan(found);
  }

  /** The names of calls without an arguments object. Text, empty too, is another way to write one. */
  namesWithoutArguments(): readonly Span[] {
    return this.calls().flatMap(({ call, name, arguments: args }) => {
      const body = memberOf(call.node, 'name') === undefined ? (memberOf(call.node, 'function')?.value ?? call.node) : call.node;
      const given = memberOf(body, 'arguments')?.value ?? memberOf(body, 'parameters')?.value;
      return args === undefined && given?.kind !== 'string' ? [sourceSpan(name)] : [];
    });
  }

  private call(index: number): LocatedCall | undefined {
    return this.calls()[index];
  }

  private calls(): readonly LocatedCall[] {
    this.located ??= dialectById(this.read.dialect)?.locateCalls(this.text, this.read.spans) ?? [];
    return this.located;
  }

  private brokenIn(node: JsonNode): Located | undefined {
    if (node.kind === 'string') {
      const piece = scanAnswer(node.value).calls.find((call) => call.problem !== undefined);
      if (piece === undefined) return undefined;
      return { node: { kind: 'null', start: piece.start, end: piece.end }, map: new StringMap(this.text, node) };
    }
    const calls = memberOf(node, 'tool_calls')?.value;
    const single = memberOf(node, 'function_call')?.value;
    for (const call of calls?.kind === 'array' ? calls.items : single === undefined ? [] : [single]) {
      const body = memberOf(call, 'function')?.value ?? call;
      const args = memberOf(body, 'arguments')?.value;
      if (args?.kind === 'string' && !parseJson(args.value).ok) return { node: args };
      if (memberOf(body, 'name')?.value.kind !== 'string') return { node: call };
    }
    const content = memberOf(node, 'content')?.value;
    return content?.kind === 'string' ? this.brokenIn(content) : undefined;
  }
}
