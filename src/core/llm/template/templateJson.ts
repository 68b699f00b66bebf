import type { TemplateBudget } from './templateLimits.ts';
import { isInteger, isList, isMembers, isText, numberText, type RuntimeValue } from './templateValues.ts';

export type JsonStyle = { readonly indent: string; readonly ensureAscii: boolean; readonly sortKeys: boolean; readonly item: string; readonly key: string };

/** The arguments of `tojson` (`ensure_ascii`, `indent`, `separators`, `sort_keys`), as transformers gives them to Python's `json.dumps`. */
export function jsonStyle(named: ReadonlyMap<string, RuntimeValue>, budget: TemplateBudget): JsonStyle {
  const width = named.get('indent');
  if (isInteger(width)) budget.range(width.value);
  const indent = isInteger(width) ? ' '.repeat(Math.max(0, width.value)) : isText(width) ? width.value : '';
  const given = named.get('separators');
  const [item, key] = isList(given) ? given.value : [];
  const indented = isInteger(width) || isText(width);
  return {
    indent: indented ? indent : '',
    ensureAscii: named.get('ensure_ascii')?.value === true,
    sortKeys: named.get('sort_keys')?.value === true,
    item: isText(item) ? item.value : indented ? ',' : ', ',
    key: isText(key) ? key.value : ': ',
  };
}

/** A value as Python's `json.dumps(value, ensure_ascii=False)` writes it; numbers of the data as they are written there. */
export function valueJson(value: RuntimeValue, style: JsonStyle, budget: TemplateBudget): string {
  const written = budget.pieces();
  const told = written.add;
  const quoted = (text: string): string => told(style.ensureAscii ? JSON.stringify(text).replace(/[\x7f-\uffff]/g, escaped) : JSON.stringify(text));
  const block = (open: string, parts: readonly string[], close: string, depth: number): string => {
    if (parts.length === 0) return told(open + close);
    if (style.indent === '') return open + parts.join(told(style.item)) + close;
    told(style.indent.repeat(Math.min(depth + 1, 1000)));
    const line = `\n${style.indent.repeat(depth + 1)}`;
    budget.written(parts.length * (line.length + style.item.length) + written.length);
    return `${open}${line}${parts.join(style.item + line)}\n${style.indent.repeat(depth)}${close}`;
  };
  const write = (one: RuntimeValue, depth: number): string => {
    if (isText(one)) return quoted(one.value);
    if (isList(one)) return block('[', one.value.map((part) => write(part, depth + 1)), ']', depth);
    if (isMembers(one)) {
      const entries = [...one.value];
      if (style.sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      return block('{', entries.map(([key, member]) => quoted(key) + style.key + write(member, depth + 1)), '}', depth);
    }
    if (one.type === 'BooleanValue') return told(one.value === true ? 'true' : 'false');
    if (one.type === 'IntegerValue' || one.type === 'FloatValue') return told(numberText(one));
    if (one.type === 'NullValue') return told('null');
    throw new Error(`${one.type === 'UndefinedValue' ? 'something undefined' : 'a function'} cannot be written as JSON`);
  };
  return write(value, 0);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
