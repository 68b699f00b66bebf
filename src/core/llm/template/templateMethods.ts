import { stringRepr } from '../../toolcall/python/pythonRepr.ts';
import type { TemplateBudget } from './templateLimits.ts';
import { isInteger, isList, isMembers, isText, numberText, type RuntimeValue, type ValueMaker } from './templateValues.ts';

type Named = ReadonlyMap<string, RuntimeValue>;
type TextMethod = (text: string, given: readonly RuntimeValue[], named: Named, tools: { readonly make: ValueMaker; readonly budget: TemplateBudget }) => RuntimeValue;

/** Methods of texts that the package lacks, or has without their arguments. As Python's. */
export const textMethods: ReadonlyMap<string, TextMethod> = new Map<string, TextMethod>([
  ['strip', (text, [marks], _, { make }) => make.text(stripped(text, marks, true, true))],
  ['lstrip', (text, [marks], _, { make }) => make.text(stripped(text, marks, true, false))],
  ['rstrip', (text, [marks], _, { make }) => make.text(stripped(text, marks, false, true))],
  ['removeprefix', (text, [part], _, { make }) => make.text(isText(part) && text.startsWith(part.value) ? text.slice(part.value.length) : text)],
  ['removesuffix', (text, [part], _, { make }) => make.text(isText(part) && part.value !== '' && text.endsWith(part.value) ? text.slice(0, -part.value.length) : text)],
  ['find', (text, [part], _, { make }) => make.integer(isText(part) ? text.indexOf(part.value) : -1)],
  ['count', (text, [part], _, { make }) => make.integer(isText(part) && part.value !== '' ? text.split(part.value).length - 1 : 0)],
  ['splitlines', (text, __, _, { make }) => make.list((text === '' ? [] : text.replace(/\r?\n$/u, '').split(/\r?\n/u)).map((line) => make.text(line)))],
  ['format', format],
]);

function stripped(text: string, marks: RuntimeValue | undefined, start: boolean, end: boolean): string {
  if (!isText(marks)) return start && end ? text.trim() : start ? text.trimStart() : text.trimEnd();
  const set = new Set(marks.value);
  let [from, to] = [0, text.length];
  while (start && from < to && set.has(text.charAt(from))) from += 1;
  while (end && to > from && set.has(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** `{}`, `{0}` and `{name}`, without layouts. */
function format(text: string, given: readonly RuntimeValue[], named: Named, { make, budget }: Parameters<TextMethod>[3]): RuntimeValue {
  let next = 0;
  let length = 0;
  const written = text.replace(/\{\{|\}\}|\{(\w*)\}/gu, (whole, name: string | undefined) => {
    if (name === undefined) return whole.slice(1);
    const value = name === '' ? given[next++] : /^\d+$/u.test(name) ? given[Number(name)] : named.get(name);
    if (value === undefined) throw new Error(`format has no value for ${whole}`);
    const part = pythonText(value, budget);
    length += part.length;
    budget.written(length);
    return part;
  });
  return make.text(written);
}

/** A value as Python's `str` writes it, and so `{{ }}`. */
export function pythonText(value: RuntimeValue, budget: TemplateBudget): string {
  if (isText(value)) return value.value;
  if (value.type === 'UndefinedValue') return '';
  const told = budget.pieces().add;
  const repr = (one: RuntimeValue): string => {
    if (isText(one)) return told(stringRepr(one.value));
    if (isInteger(one) || one.type === 'FloatValue') return told(numberText(one));
    if (one.type === 'BooleanValue') return told(one.value === true ? 'True' : 'False');
    if (one.type === 'NullValue') return told('None');
    if (isList(one)) return `[${one.value.map(repr).join(told(', '))}]`;
    if (isMembers(one)) return `{${[...one.value].map(([key, member]) => `${told(stringRepr(key))}: ${repr(member)}`).join(', ')}}`;
    return told(one.type === 'UndefinedValue' ? 'Undefined' : '<function>');
  };
  return repr(value);
}
