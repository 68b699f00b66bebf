import type * as jinjaPackage from '@huggingface/jinja';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { GuardedInterpreter } from './guardedInterpreter.ts';
import { mostBlanks, mostTemplateCharacters, TemplateBudget, TemplateLimit } from './templateLimits.ts';
import { placeAt, statementTags, tagSpans, type TemplatePlace } from './templatePlaces.ts';
import { isInteger, isText, valueMaker, type RuntimeValue, type ValueMaker } from './templateValues.ts';

export type TemplateProblem = { readonly message: string; readonly place?: TemplatePlace };
export type Rendered = { readonly ok: true; readonly text: string } | ({ readonly ok: false } & TemplateProblem);

export type JinjaTemplate = {
  readonly source: string;
  /** Names that the template may ask for; what is not among them is undefined to it. `now` is the date that it may write, else it has none. */
  render(variables: JsonObject, options?: { readonly now?: Date }): Rendered;
};

export type CompiledTemplate = { readonly ok: true; readonly template: JinjaTemplate } | ({ readonly ok: false } & TemplateProblem);

type Jinja = typeof jinjaPackage;

/** Reads a chat template. It may be hostile: it ends, in an error if need be, and reaches nothing but its variables. */
export async function compileJinja(source: string): Promise<CompiledTemplate> {
  if (source.length > mostTemplateCharacters) return { ok: false, message: `the template is longer than ${mostTemplateCharacters / 1000} thousand characters` };
  const blanks = new RegExp(`\\s{${mostBlanks}}`).exec(source);
  if (blanks) return { ok: false, message: `more than ${mostBlanks} blanks in a row stand in the template`, place: placeAt(source, blanks.index) };
  // Most of what this bundle does needs no template.
  const jinja = await import('@huggingface/jinja');
  const spans = tagSpans(source);
  const open = spans.at(-1);
  if (open && open.end === undefined) return { ok: false, message: 'a tag is never closed', place: placeAt(source, open.start) };
  const placeOf = (tag: number | undefined): { readonly place?: TemplatePlace } => {
    const span = tag === undefined ? undefined : spans[Math.min(tag, spans.length - 1)];
    return span === undefined ? {} : { place: placeAt(source, span.start) };
  };
  const read = readTemplate(jinja, source, spans);
  if ('message' in read) return { ok: false, message: read.message, ...placeOf(read.tag) };
  const places = statementTags(read.tokens, read.program);
  const make = valueMaker(jinja);
  const render: JinjaTemplate['render'] = (variables, { now } = {}) => {
    const environment = new jinja.Environment();
    const budget = new TemplateBudget();
    const interpreter = new GuardedInterpreter(jinja, environment, { budget, make, places });
    try {
      for (const [name, value] of globals(make, budget, now)) environment.setVariable(name, value);
      for (const [name, value] of Object.entries(variables)) environment.setVariable(name, make.data(value));
      return { ok: true, text: interpreter.run(read.program) };
    } catch (error) {
      const { failedAt } = interpreter;
      return { ok: false, message: wordsOf(error), ...placeOf(failedAt && places.get(failedAt)) };
    }
  };
  return { ok: true, template: { source, render } };
}

type Tokens = ReturnType<Jinja['tokenize']>;
type Read = { readonly tokens: Tokens; readonly program: ReturnType<Jinja['parse']> } | { readonly message: string; readonly tag: number | undefined };
const layout = { lstrip_blocks: true, trim_blocks: true };

function readTemplate({ tokenize, parse }: Jinja, source: string, spans: ReturnType<typeof tagSpans>): Read {
  let tokens: Tokens;
  try {
    tokens = tokenize(source, layout);
  } catch (error) {
    // The first tag that does not end well: what is before it can be read.
    let [good, bad] = [-1, spans.length - 1];
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      if (reads(() => tokenize(source.slice(0, spans[middle]?.end), layout))) good = middle;
      else bad = middle;
    }
    return { message: wordsOf(error), tag: bad };
  }
  let furthest = 0;
  const watched = new Proxy(tokens, {
    get(target, key, receiver): unknown {
      if (typeof key === 'string' && /^\d+$/.test(key)) furthest = Math.max(furthest, Number(key));
      return Reflect.get(target, key, receiver);
    },
  });
  try {
    return { tokens, program: parse(watched) };
  } catch (error) {
    const opened = tokens.slice(0, furthest + 1).filter(({ type }) => type === 'OpenStatement' || type === 'OpenExpression' || type === 'Comment').length;
    return { message: wordsOf(error), tag: Math.max(0, opened - 1) };
  }
}

function reads(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

/** What every template may use beside its variables. */
function globals(make: ValueMaker, budget: TemplateBudget, now: Date | undefined): readonly (readonly [string, RuntimeValue])[] {
  const range = (args: readonly RuntimeValue[]): RuntimeValue => {
    const numbers = args.map((value) => (isInteger(value) ? value.value : Number.NaN));
    const [first = 0, second, step = 1] = numbers;
    const [from, to] = second === undefined ? [0, first] : [first, second];
    if (numbers.some(Number.isNaN) || step === 0) throw new Error('range takes whole numbers');
    const count = Math.max(0, Math.ceil((to - from) / step));
    budget.range(count);
    return make.list(Array.from({ length: count }, (_, index) => make.integer(from + index * step)));
  };
  const refuse = ([reason]: readonly RuntimeValue[]): RuntimeValue => {
    throw new TemplateRefusal(isText(reason) ? reason.value : 'without a reason');
  };
  const date = ([format]: readonly RuntimeValue[]): RuntimeValue => make.text(now === undefined || !isText(format) ? '' : dateText(now, format.value));
  const constants: readonly (readonly [string, JsonValue])[] = [['true', true], ['false', false], ['none', null], ['True', true], ['False', false], ['None', null]];
  return [
    ...constants.map(([name, value]) => [name, make.data(value)] as const),
    ['range', make.callable(range)],
    ['raise_exception', make.callable(refuse)],
    ...(now === undefined ? [] : [['strftime_now', make.callable(date)] as const]),
  ];
}

/** The template itself does not take this conversation. */
class TemplateRefusal extends Error {}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Python's strftime, in English and UTC, as far as templates use it. */
function dateText(now: Date, format: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const [month = '', day = ''] = [months[now.getUTCMonth()], days[now.getUTCDay()]];
  const parts: Readonly<Record<string, string>> = {
    Y: String(now.getUTCFullYear()), m: two(now.getUTCMonth() + 1), d: two(now.getUTCDate()), B: month, b: month.slice(0, 3), A: day, a: day.slice(0, 3),
    H: two(now.getUTCHours()), M: two(now.getUTCMinutes()), S: two(now.getUTCSeconds()), '%': '%',
  };
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => parts[letter] ?? whole);
}

function wordsOf(error: unknown): string {
  if (error instanceof TemplateRefusal) return `the template refuses this conversation: ${shortened(error.message)}`;
  if (error instanceof TemplateLimit) return error.message;
  if (error instanceof RangeError) return /call stack/i.test(error.message) ? 'the template is nested too deeply' : `the template makes too much: ${error.message}`;
  const text = shortened(error instanceof Error ? error.message : String(error));
  // The package throws them without a word.
  return text === '' ? 'break or continue stands outside of a loop' : text;
}

/** A template may put data into what it throws. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
