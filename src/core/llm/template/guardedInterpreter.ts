import type * as jinjaPackage from '@huggingface/jinja';
import type { Environment } from '@huggingface/jinja';
import { jsonStyle, valueJson } from './templateJson.ts';
import { mostParts, TemplateLimit, type TemplateBudget } from './templateLimits.ts';
import { pythonText, textMethods } from './templateMethods.ts';
import { isInteger, isList, isMembers, isText, type Callable, type RuntimeValue, type Statement, type ValueMaker } from './templateValues.ts';

type Named = Map<string, RuntimeValue>;
type Jinja = typeof jinjaPackage;

/** What the package's interpreter consists of, the methods that it does not tell of included: its version is pinned, and the tests fail where another has others. */
interface OpenInterpreter {
  run(program: Statement): RuntimeValue;
  evaluate(statement: Statement | undefined, environment: Environment): RuntimeValue;
  evaluateArguments(args: readonly Statement[], environment: Environment): [RuntimeValue[], Named];
  applyFilter(operand: RuntimeValue, filter: Statement, environment: Environment): RuntimeValue;
  evaluateCallExpression(call: Statement, environment: Environment): RuntimeValue;
  evaluateBinaryExpression(operation: Statement, environment: Environment): RuntimeValue;
  evaluateBlock(statements: readonly Statement[], environment: Environment): RuntimeValue;
  evaluateMemberExpression(member: Statement, environment: Environment): RuntimeValue;
  evaluateSliceExpression(object: RuntimeValue, slice: Statement, environment: Environment): RuntimeValue;
  evaluateIdentifier(identifier: Statement, environment: Environment): RuntimeValue;
  evaluateMacro(macro: Statement, environment: Environment): RuntimeValue;
  evaluateCallStatement(call: Statement, environment: Environment): RuntimeValue;
  evaluateSet(set: Statement, environment: Environment): RuntimeValue;
}

export type GuardOptions = {
  readonly budget: TemplateBudget;
  readonly make: ValueMaker;
  /** Statements that have a place in the source. */
  readonly places: ReadonlyMap<Statement, unknown>;
};

type Part = { readonly value?: unknown; readonly callee?: Statement; readonly args?: readonly Statement[]; readonly iterable?: Statement; readonly lhs?: Statement; readonly assignee?: Statement; readonly object?: Statement; readonly property?: Statement; readonly computed?: boolean; readonly left?: Statement; readonly right?: Statement; readonly operator?: { readonly value: string } };
const partsOf = (statement: Statement): Part => statement as object; // the members of syntax nodes, looked at with care

const perTurn = 8;
const dictMethods: ReadonlySet<string> = new Set(['get', 'items', 'keys', 'values']);
const silent: ReadonlySet<string> = new Set(['Set', 'Macro', 'Comment', 'CallStatement', 'FilterStatement', 'For', 'If', 'Break', 'Continue']);

/** What a template says that wants the arguments of calls as JSON text, not as objects. */
export const textAndObject = 'a text and an object cannot be joined with +';

/** Stands for a part of an expression whose value is known. */
class Known {
  readonly type = 'Known';

  constructor(readonly known: RuntimeValue) {}
}

/** Statements whose value is made by them, not found. */
const makers: ReadonlySet<string> = new Set(['ArrayLiteral', 'TupleLiteral', 'ObjectLiteral', 'BinaryExpression', 'FilterExpression', 'CallExpression']);

/**
 * The package's interpreter for templates from anywhere: every step counts against a budget, nothing is made at one stroke
 * that is larger than a prompt can be, and a value is never a tree that is larger than what it was made of. Nothing of the
 * host can be reached: all that a template sees are values of the package's own.
 */
export class GuardedInterpreter {
  private readonly plain: OpenInterpreter;
  private readonly inner: OpenInterpreter;
  private readonly iterables = new WeakSet<Statement>();
  private readonly sizes = new WeakMap<RuntimeValue, number>();
  private readonly weights = new WeakMap<Statement, number>();
  private longestText = 0;
  private current: Statement | undefined;
  private thrownAt: Statement | undefined;

  constructor(
    { Interpreter }: Jinja,
    environment: Environment,
    private readonly options: GuardOptions,
  ) {
    this.plain = Interpreter.prototype as unknown as OpenInterpreter; // see OpenInterpreter
    const own: Partial<OpenInterpreter> = {
      evaluate: (statement, scope) => this.evaluate(statement, scope),
      evaluateIdentifier: (identifier, scope) => this.identifier(identifier, scope),
      evaluateSet: (set, scope) => this.set(set, scope),
      evaluateBinaryExpression: (operation, scope) => this.operation(operation, scope),
      evaluateBlock: (statements, scope) => this.block(statements, scope),
      evaluateMemberExpression: (member, scope) => this.member(member, scope),
      evaluateSliceExpression: (object, slice, scope) => this.slice(object, slice, scope),
      evaluateMacro: (macro, scope) => this.walked(macro, () => this.plain.evaluateMacro.call(this.inner, macro, scope)),
      evaluateCallStatement: (call, scope) => this.walked(call, () => this.plain.evaluateCallStatement.call(this.inner, call, scope)),
      evaluateCallExpression: (call, scope) => this.call(call, scope),
      applyFilter: (operand, filter, scope) => this.filter(operand, filter, scope),
    };
    this.inner = Object.assign(new Interpreter(environment), own) as unknown as OpenInterpreter;
  }

  run(program: Statement): string {
    const { value } = this.inner.run(program);
    return typeof value === 'string' ? value : '';
  }

  /** The innermost statement with a place that was run when something was thrown. */
  get failedAt(): Statement | undefined {
    return this.thrownAt;
  }

  private evaluate(statement: Statement | undefined, environment: Environment): RuntimeValue {
    if (statement === undefined) return this.options.make.undefined();
    if (statement instanceof Known) return statement.known;
    const { budget, places } = this.options;
    budget.charge();
    budget.enter();
    const outer = this.current;
    if (places.has(statement)) this.current = statement;
    this.expectList(statement);
    try {
      const value = this.plain.evaluate.call(this.inner, statement, environment);
      // Loops of the package know no tuples.
      if (value.type === 'TupleValue') value.type = 'ArrayValue';
      this.account(statement, value);
      // What was thrown before, `break` for one, was caught.
      this.thrownAt = undefined;
      return value;
    } catch (error) {
      this.thrownAt ??= this.current;
      throw error;
    } finally {
      this.current = outer;
      budget.leave();
    }
  }

  private expectList(statement: Statement): void {
    if (statement.type !== 'For') return;
    const { iterable } = partsOf(statement);
    const list = iterable?.type === 'SelectExpression' ? partsOf(iterable).lhs : iterable;
    if (list) this.iterables.add(list);
  }

  private account(statement: Statement, value: RuntimeValue): void {
    const { budget } = this.options;
    if (isText(value)) {
      budget.text(value.value.length);
      this.longestText = Math.max(this.longestText, value.value.length);
      return;
    }
    const made = makers.has(statement.type);
    // A turn of a loop has a scope of its own.
    if (isList(value)) budget.charge((made ? value.value.length : 0) + (this.iterables.has(statement) ? value.value.length * perTurn : 0));
    if (made && (isList(value) || isMembers(value))) this.sizeOf(value);
  }

  /** Characters and values of a tree. Lists and objects never change; a namespace does, and stands in nothing else. */
  private sizeOf(value: RuntimeValue): number {
    if (isText(value)) return 1 + value.value.length;
    if (!isList(value) && !isMembers(value)) return 1;
    const known = this.sizes.get(value);
    if (known !== undefined) return known;
    let size = 1;
    for (const [key, part] of isList(value) ? value.value.map((one) => ['', one] as const) : value.value) {
      if (part.type === 'NamespaceValue') throw new TemplateLimit('a namespace stands inside of another value');
      size += key.length + this.sizeOf(part);
    }
    if (size > mostParts) throw new TemplateLimit('the template makes a value that is too large');
    this.sizes.set(value, size);
    return size;
  }

  /** Looking a name up without the package's exception for one that is not there: that costs a stack trace. */
  private identifier(identifier: Statement, environment: Environment): RuntimeValue {
    const name = String(partsOf(identifier).value);
    for (let scope: Environment | undefined = environment; scope; scope = scope.parent) {
      const found = scope.variables.get(name);
      if (found !== undefined) return found;
    }
    return this.options.make.undefined();
  }

  /** `~` writes values as Python does; `+` writes none. */
  private operation(operation: Statement, environment: Environment): RuntimeValue {
    const { operator, left, right } = partsOf(operation);
    if (operator?.value !== '~' && operator?.value !== '+') return this.plain.evaluateBinaryExpression.call(this.inner, operation, environment);
    const { budget, make } = this.options;
    const [a, b] = [this.evaluate(left, environment), this.evaluate(right, environment)];
    if (operator.value === '~') return make.text(pythonText(a, budget) + pythonText(b, budget));
    if ((isText(a) && isMembers(b)) || (isMembers(a) && isText(b))) throw new Error(textAndObject);
    return this.plain.evaluateBinaryExpression.call(this.inner, Object.assign(Object.create(operation) as Statement, { left: new Known(a), right: new Known(b) }), environment);
  }

  /** What stands in `{{ }}` is written as Python does. */
  private block(statements: readonly Statement[], environment: Environment): RuntimeValue {
    const { budget, make } = this.options;
    let text = '';
    for (const statement of statements) {
      const value = this.evaluate(statement, environment);
      // Statements that write nothing give none.
      if (value.type !== 'NullValue' || !silent.has(statement.type)) text += pythonText(value, budget);
      budget.text(text.length);
    }
    return make.text(text);
  }

  private member(member: Statement, environment: Environment): RuntimeValue {
    const { object, property, computed } = partsOf(member);
    const value = this.evaluate(object, environment);
    const name = computed !== true && property?.type === 'Identifier' ? String(partsOf(property).value) : '';
    // In Python `x.items` is the method, whatever keys the data has; `x["items"]` is the key.
    const own = value.type === 'ObjectValue' && dictMethods.has(name) ? value.builtins.get(name) : undefined;
    if (own !== undefined) return own;
    const method = isText(value) ? textMethods.get(name) : undefined;
    if (method === undefined || !isText(value)) return this.plain.evaluateMemberExpression.call(this.inner, Object.assign(Object.create(member) as Statement, { object: new Known(value) }), environment);
    const { make, budget } = this.options;
    return make.callable((args) => {
      const last = args.at(-1);
      const named = last?.type === 'KeywordArgumentsValue' && isMembers(last) ? last.value : new Map<string, RuntimeValue>();
      budget.charge(value.value.length >> 6);
      return method(value.value, args, named, { make, budget });
    });
  }

  private set(set: Statement, environment: Environment): RuntimeValue {
    const value = this.plain.evaluateSet.call(this.inner, set, environment);
    const { assignee } = partsOf(set);
    const object = assignee?.type === 'MemberExpression' ? this.evaluate(partsOf(assignee).object, environment) : undefined;
    if (object && isMembers(object)) {
      this.sizes.delete(object);
      this.options.budget.charge(object.value.size);
      this.sizeOf(object);
    }
    return value;
  }

  private slice(object: RuntimeValue, slice: Statement, environment: Environment): RuntimeValue {
    if (isText(object) || isList(object)) this.options.budget.charge(object.value.length >> 3);
    return this.plain.evaluateSliceExpression.call(this.inner, object, slice, environment);
  }

  /** The package walks through all of a macro each time it meets it. */
  private walked(statement: Statement, action: () => RuntimeValue): RuntimeValue {
    const count = (node: unknown): number => (typeof node === 'object' && node !== null ? Object.values(node).reduce<number>((sum, part) => sum + count(part), 1) : 0);
    const weight = this.weights.get(statement) ?? count(statement);
    this.weights.set(statement, weight);
    this.options.budget.charge(weight);
    return action();
  }

  private call(call: Statement, environment: Environment): RuntimeValue {
    const { callee, args = [] } = partsOf(call);
    const [given, named] = this.inner.evaluateArguments(args, environment);
    const called = this.evaluate(callee, environment);
    if (called.type !== 'FunctionValue') throw new Error(callee?.type === 'Identifier' ? `there is no function ${String(partsOf(callee).value)}` : 'what is called here is no function');
    if (callee?.type === 'MemberExpression') {
      // `replace` alone can make much out of little: each character by its second argument.
      const [, second] = given;
      if (isText(second)) this.options.budget.written((this.longestText + 1) * second.value.length);
      this.options.budget.charge(this.longestText >> 8);
    }
    if (named.size > 0) given.push(this.options.make.named(named));
    return (called.value as unknown as Callable)(given, environment); // functions of templates are all of this form
  }

  private filter(operand: RuntimeValue, filter: Statement, environment: Environment): RuntimeValue {
    const { budget, make } = this.options;
    const { callee, args = [], value } = partsOf(filter);
    const name = filter.type === 'CallExpression' ? String(callee && partsOf(callee).value) : String(value);
    if (isText(operand)) budget.charge(operand.value.length >> 6);
    if (isList(operand)) budget.charge(operand.value.length);
    const own = ownFilters.get(name);
    if (own === undefined) return this.plain.applyFilter.call(this.inner, operand, filter, environment);
    const [given, named] = this.inner.evaluateArguments(args, environment);
    const made = own(operand, given, named, budget);
    if (made === undefined) return this.plain.applyFilter.call(this.inner, operand, filter, environment);
    return typeof made === 'string' ? make.text(made) : made;
  }
}

type OwnFilter = (operand: RuntimeValue, given: readonly RuntimeValue[], named: Named, budget: TemplateBudget) => string | RuntimeValue | undefined;

/** Filters that can write much at one stroke, and what the package writes otherwise than Python does. */
const ownFilters: ReadonlyMap<string, OwnFilter> = new Map<string, OwnFilter>([
  ['tojson', (operand, given, named, budget) => valueJson(operand, jsonStyle(given[0] === undefined ? named : new Map([['indent', given[0]], ...named]), budget), budget)],
  ['join', join],
  ['indent', indent],
  ['replace', replace],
  ['string', (operand, _given, _named, budget) => pythonText(operand, budget)],
  ['trim', (operand) => (operand.type === 'UndefinedValue' ? '' : undefined)],
  ['min', (operand) => (isList(operand) ? extreme(operand.value, (a, b) => a < b) : undefined)],
  ['max', (operand) => (isList(operand) ? extreme(operand.value, (a, b) => a > b) : undefined)],
]);

function extreme(values: readonly RuntimeValue[], better: (a: number | string, b: number | string) => boolean): RuntimeValue | undefined {
  const known = values.filter((value) => isText(value) || isInteger(value) || value.type === 'FloatValue');
  if (known.length !== values.length) return undefined;
  return known.reduce<RuntimeValue | undefined>((best, value) => (best === undefined || better(value.value as number | string, best.value as number | string) ? value : best), undefined); // texts and numbers alone
}

function join(operand: RuntimeValue, given: readonly RuntimeValue[], named: Named, budget: TemplateBudget): string | undefined {
  if (!isList(operand)) return undefined;
  const separator = given[0] ?? named.get('d') ?? named.get('separator');
  if (separator !== undefined && !isText(separator)) return undefined;
  const attribute = named.get('attribute') ?? given[1];
  const parts = operand.value.map((part) => (isText(attribute) && isMembers(part) ? part.value.get(attribute.value) : part)).map((part) => (part === undefined ? '' : pythonText(part, budget)));
  const between = separator?.value ?? '';
  budget.written(parts.reduce((sum, part) => sum + part.length + between.length, 0));
  return parts.join(between);
}

function indent(operand: RuntimeValue, given: readonly RuntimeValue[], named: Named, budget: TemplateBudget): string | undefined {
  if (!isText(operand)) return undefined;
  const width = given[0] ?? named.get('width');
  if (isInteger(width)) budget.range(width.value);
  const margin = isText(width) ? width.value : ' '.repeat(isInteger(width) ? Math.max(0, width.value) : 4);
  const [first, blank] = [given[1] ?? named.get('first'), given[2] ?? named.get('blank')];
  const lines = operand.value.split('\n');
  budget.written(operand.value.length + lines.length * margin.length);
  return lines.map((line, index) => ((index === 0 && first?.value !== true) || (line === '' && blank?.value !== true) ? line : margin + line)).join('\n');
}

function replace(operand: RuntimeValue, given: readonly RuntimeValue[], named: Named, budget: TemplateBudget): string | undefined {
  const [before, after] = given;
  if (!isText(operand) || !isText(before) || !isText(after)) return undefined;
  const count = given[2] ?? named.get('count');
  const parts = before.value === '' ? ['', ...operand.value, ''] : operand.value.split(before.value);
  const most = isInteger(count) && count.value >= 0 ? count.value : parts.length;
  budget.written(operand.value.length + Math.min(parts.length, most) * after.value.length);
  return parts.reduce((text, part, index) => (index === 0 ? part : text + (index <= most ? after.value : before.value) + part), '');
}
