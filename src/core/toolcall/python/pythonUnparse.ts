import { constantRepr } from './pythonRepr.ts';
import { binaryLevels, type PythonComprehension, type PythonExpression, type PythonParameter } from './pythonTree.ts';

/** How tightly an expression binds, loosest first, as `ast.unparse` of Python 3.11 has it. */
const level = { named: 1, tuple: 2, test: 4, or: 5, and: 6, not: 7, compare: 8, bitOr: 9, factor: 15, power: 16, await: 17, atom: 18 } as const;

/** The source that `ast.unparse` writes for an expression. Recursive as the tree is deep: the caller meets a `RangeError`. */
export function unparsePython(node: PythonExpression, around: number = level.test): string {
  switch (node.kind) {
    case 'constant':
      return node.constant.type === 'ellipsis' ? '...' : `${node.constant.type === 'str' && node.constant.unicode === true ? 'u' : ''}${node.constant.type === 'float' ? constantRepr(node.constant).replace('inf', '1e309') : constantRepr(node.constant)}`;
    case 'formatted':
      return formatted(node.text);
    case 'name':
      return node.name;
    case 'attribute':
      return `${unparsePython(node.value, level.atom)}${node.value.kind === 'constant' && node.value.constant.type === 'int' ? ' ' : ''}.${node.name}`;
    case 'subscript':
      return `${unparsePython(node.value, level.atom)}[${unparseIndex(node.index)}]`;
    case 'slice':
      return `${optional(node.lower)}:${optional(node.upper)}${node.step === undefined ? '' : `:${unparsePython(node.step)}`}`;
    case 'call':
      return `${unparsePython(node.callee, level.atom)}(${[...node.args.map((arg) => unparsePython(arg)), ...node.keywords.map((keyword) => `${keyword.name === undefined ? '**' : `${keyword.name}=`}${unparsePython(keyword.value)}`)].join(', ')})`;
    case 'list':
      return `[${list(node.items)}]`;
    case 'tuple':
      return `(${list(node.items)}${node.items.length === 1 ? ',' : ''})`;
    case 'set':
      return `{${list(node.items)}}`;
    case 'dict':
      return `{${node.entries.map(({ key, value }) => (key === undefined ? `**${unparsePython(value, level.bitOr)}` : `${unparsePython(key)}: ${unparsePython(value)}`)).join(', ')}}`;
    case 'comprehension':
      return `${node.brackets[0] ?? ''}${node.key === undefined ? '' : `${unparsePython(node.key)}: `}${unparsePython(node.item)}${node.loops.map(loop).join('')}${node.brackets[1] ?? ''}`;
    case 'starred':
      return `*${unparsePython(node.value, level.bitOr)}`;
    default:
      return operation(node, around);
  }
}

type Operation = Extract<PythonExpression, { kind: 'unary' | 'binary' | 'boolean' | 'compare' | 'conditional' | 'lambda' | 'named' }>;

function operation(node: Operation, around: number): string {
  const [own, text] = operationText(node);
  return around > own ? `(${text})` : text;
}

function operationText(node: Operation): readonly [number, string] {
  switch (node.kind) {
    case 'unary':
      if (node.operator === 'not') return [level.not, `not ${unparsePython(node.operand, level.not)}`];
      return [level.factor, node.operator + unparsePython(node.operand, level.factor)];
    case 'binary': {
      const own = binaryLevels[node.operator] ?? level.bitOr;
      const right = node.operator === '**';
      return [own, `${unparsePython(node.left, right ? own + 1 : own)} ${node.operator} ${unparsePython(node.right, right ? own : own + 1)}`];
    }
    case 'boolean': {
      const own = node.operator === 'and' ? level.and : level.or;
      // Python raises the level from value to value, past that of a comparison for long chains.
      return [own, node.values.map((value, index) => unparsePython(value, Math.min(own + 1 + index, level.atom))).join(` ${node.operator} `)];
    }
    case 'compare':
      return [level.compare, `${unparsePython(node.first, level.bitOr)}${node.rest.map(({ operator, value }) => ` ${operator} ${unparsePython(value, level.bitOr)}`).join('')}`];
    case 'conditional':
      return [level.test, `${unparsePython(node.then, level.or)} if ${unparsePython(node.test, level.or)} else ${unparsePython(node.otherwise, level.test)}`];
    case 'lambda':
      return [level.test, `lambda${node.parameters.length === 0 ? '' : ` ${node.parameters.map(parameter).join(', ')}`}: ${unparsePython(node.body)}`];
    case 'named':
      return [level.named, `${node.name} := ${unparsePython(node.value, level.atom)}`];
  }
}

function parameter({ mark, name, fallback }: PythonParameter): string {
  return `${mark}${name}${fallback === undefined ? '' : `=${unparsePython(fallback)}`}`;
}

function list(items: readonly PythonExpression[]): string {
  return items.map((item) => unparsePython(item)).join(', ');
}

function optional(node: PythonExpression | undefined): string {
  return node === undefined ? '' : unparsePython(node);
}

/** A tuple as an index stands without its parentheses. */
function unparseIndex(node: PythonExpression): string {
  return node.kind === 'tuple' && node.items.length > 0 ? `${list(node.items)}${node.items.length === 1 ? ',' : ''}` : unparsePython(node);
}

function loop({ async, target, iterable, conditions }: PythonComprehension): string {
  const targetText = target.kind === 'tuple' ? `${list(target.items)}${target.items.length === 1 ? ',' : ''}` : unparsePython(target, level.tuple);
  return `${async ? ' async' : ''} for ${targetText} in ${unparsePython(iterable, level.or)}${conditions.map((condition) => ` if ${unparsePython(condition, level.or)}`).join('')}`;
}

/** An f-string in the first quotes that do not stand in it. What is inside of its braces is kept as it was written. */
function formatted(text: string): string {
  const quote = ["'", '"', "'''", '"""'].find((candidate) => !text.includes(candidate)) ?? "'";
  return `f${quote}${text.replaceAll('\\', '\\\\').replaceAll('\n', quote.length === 3 ? '\n' : '\\n')}${quote}`;
}
