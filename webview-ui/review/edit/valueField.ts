import { html, nothing, type TemplateResult } from 'lit';
import type { ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { isJsonArray } from '../../../src/core/json/member.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/json/value.ts';
import { withKeyRenamed } from '../../../src/core/review/edit/editLabel.ts';
import { asType, fieldKind, fieldText, readField, startValue, type FieldKind } from '../../../src/core/review/edit/fieldValue.ts';
import { argumentAt, membersAt, type ArgumentFacts } from '../../../src/core/schema/argumentFacts.ts';
import { typeName } from '../../../src/core/schema/signature.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import { t } from '../../shared/words.ts';
import { writtenPath } from '../answer/pathText.ts';

/** One value being edited: the arguments of a call, as a whole. */
export type FieldContext = {
  readonly tool: ToolDefinition | undefined;
  /** Stands in front of the keys of drafts: which call it is. */
  readonly key: string;
  /** Texts that are no value yet, and kinds that the person chose, by path. */
  readonly drafts: Map<string, { readonly text: string; readonly message: string }>;
  readonly kinds: Map<string, FieldKind>;
  set(path: readonly (string | number)[], value: JsonValue): void;
  remove(path: readonly (string | number)[]): void;
  /** Only what is shown has changed. */
  refresh(): void;
};

type Path = readonly (string | number)[];

const keyOf = (context: FieldContext, path: Path): string => `${context.key} ${JSON.stringify(path)}`;

const kindWords = (kind: FieldKind): string => {
  switch (kind) {
    case 'choice':
      return t('listed value');
    case 'string':
      return t('text');
    case 'number':
      return t('number');
    case 'boolean':
      return t('true or false');
    case 'null':
      return 'null';
    case 'array':
      return t('list');
    case 'object':
      return t('object');
    case 'json':
      return 'JSON';
  }
};

/** The field of a value, fitting its type and its schema. */
export function valueField(context: FieldContext, path: Path, value: JsonValue): TemplateResult {
  const facts = context.tool === undefined ? undefined : argumentAt(context.tool, path);
  const key = keyOf(context, path);
  const kind = context.kinds.get(key) ?? fieldKind(value, facts, path.length);
  const name = visibleLine(writtenPath(path), 200);
  const draft = context.drafts.get(key);
  const error = draft === undefined ? nothing : html`<p class="field-error" role="alert">${draft.message}</p>`;
  return html`<div class="field ${kind}">${input(context, path, value, kind, facts, name)}${kindSelect(context, path, value, kind, facts, name)}${error}</div>`;
}

function input(context: FieldContext, path: Path, value: JsonValue, kind: FieldKind, facts: ArgumentFacts | undefined, name: string): TemplateResult {
  switch (kind) {
    case 'choice':
      return choice(context, path, value, facts?.values ?? [], name);
    case 'boolean':
      return html`<label class="check"><input type="checkbox" aria-label=${name} .checked=${value === true} @change=${(event: Event) => context.set(path, (event.target as HTMLInputElement).checked)} />${value === true ? 'true' : 'false'}</label>`;
    case 'null':
      return html`<code>null</code>`;
    case 'array':
      return isJsonArray(value) ? items(context, path, value) : text(context, path, value, 'json', name);
    case 'object':
      return isJsonObject(value) ? members(context, path, value) : text(context, path, value, 'json', name);
    case 'string':
    case 'number':
    case 'json':
      return text(context, path, value, kind, name);
  }
}

function choice(context: FieldContext, path: Path, value: JsonValue, values: readonly JsonValue[], name: string): TemplateResult {
  const own = stringifyJson(value);
  const written = values.map((each) => stringifyJson(each));
  const known = written.includes(own);
  return html`<select aria-label=${name} @change=${(event: Event) => context.set(path, values[(event.target as HTMLSelectElement).selectedIndex - (known ? 0 : 1)] ?? value)}>
    ${known ? nothing : html`<option selected>${visibleLine(own, 200)}</option>`}${written.map((each) => html`<option ?selected=${each === own}>${visibleLine(each, 200)}</option>`)}
  </select>`;
}

const longestGrowing = 20_000;

function text(context: FieldContext, path: Path, value: JsonValue, kind: FieldKind, name: string): TemplateResult {
  const key = keyOf(context, path);
  const draft = context.drafts.get(key);
  const shown = draft?.text ?? fieldText(value, kind);
  const typed = (event: Event): void => {
    const written = (event.target as HTMLInputElement | HTMLTextAreaElement).value;
    const read = readField(written, kind);
    if (read.ok) {
      context.drafts.delete(key);
      context.set(path, read.value);
    } else {
      context.drafts.set(key, { text: written, message: unreadable(read.message) });
      context.refresh();
    }
  };
  if (kind === 'number') return html`<input type="text" inputmode="decimal" spellcheck="false" aria-label=${name} aria-invalid=${draft === undefined ? 'false' : 'true'} .value=${shown} @input=${typed} />`;
  // A text area turns \r\n into \n: such a text is edited as JSON.
  if (kind === 'string' && shown.includes('\r')) return text(context, path, value, 'json', name);
  // Growing with its text costs a layout of all of it at each key.
  const isLong = shown.length > longestGrowing;
  return html`<textarea class=${isLong ? 'long' : ''} rows=${isLong ? 10 : 1} spellcheck="false" aria-label=${name} aria-invalid=${draft === undefined ? 'false' : 'true'} .value=${shown} @input=${typed}></textarea>`;
}

/** Words for a text that is no value. */
export function unreadable(message: string | undefined): string {
  return message === undefined ? t('This is not a JSON number.') : t('This is not JSON: {0}', message);
}

const fixedKinds: readonly FieldKind[] = ['string', 'number', 'boolean', 'null', 'array', 'object', 'json'];

function kindSelect(context: FieldContext, path: Path, value: JsonValue, kind: FieldKind, facts: ArgumentFacts | undefined, name: string): TemplateResult {
  const kinds = facts?.values === undefined ? fixedKinds : (['choice', ...fixedKinds] as const);
  const change = (event: Event): void => {
    const chosen = kinds[(event.target as HTMLSelectElement).selectedIndex] ?? kind;
    context.drafts.delete(keyOf(context, path));
    context.kinds.set(keyOf(context, path), chosen);
    context.set(path, asType(value, chosen));
  };
  return html`<select class="kind" aria-label=${t('Type of {0}', name)} @change=${change}>${kinds.map((each) => html`<option ?selected=${each === kind}>${kindWords(each)}</option>`)}</select>`;
}

function items(context: FieldContext, path: Path, list: readonly JsonValue[]): TemplateResult {
  const facts = context.tool === undefined ? undefined : argumentAt(context.tool, [...path, list.length]);
  const start = (): JsonValue => (facts === undefined && list.length > 0 ? emptyLike(list.at(-1) ?? '') : startValue(facts, context.tool === undefined ? [] : membersAt(context.tool, [...path, list.length])));
  return html`<ol class="items" start="0">${list.map((item, index) => html`<li>${valueField(context, [...path, index], item)}${removeButton(context, [...path, index])}</li>`)}</ol>
    <button type="button" class="small" @click=${() => context.set([...path, list.length], start())}>${t('Add an item')}</button>`;
}

function emptyLike(value: JsonValue): JsonValue {
  if (typeof value === 'string') return '';
  if (typeof value === 'boolean') return false;
  if (isJsonArray(value)) return [];
  return isJsonObject(value) ? value : 0;
}

export function removeButton(context: FieldContext, path: Path): TemplateResult {
  return html`<button type="button" class="small remove" aria-label=${t('Remove {0}', visibleLine(writtenPath(path), 200))} @click=${() => context.remove(path)}>×</button>`;
}

/** The members of an object, and what could be added to it. */
export function members(context: FieldContext, path: Path, object: JsonObject, beside?: (key: string) => TemplateResult | typeof nothing): TemplateResult {
  const declared = context.tool === undefined ? [] : membersAt(context.tool, path);
  const order = new Map(declared.map((facts) => [facts.name, facts]));
  const left = declared.filter(({ name }) => !Object.hasOwn(object, name)).sort((a, b) => Number(b.required) - Number(a.required));
  return html`<div class="members">${Object.keys(object).map((key) => member(context, path, object, key, order.get(key), declared.length > 0, beside))}
    <div class="adding">${left.slice(0, mostOffers).map((facts) => html`<button type="button" class="small add ${facts.required ? 'needed' : ''}" title=${visibleLine(facts.description ?? '', 300)} @click=${() => context.set([...path, facts.name], startValue(facts, context.tool === undefined ? [] : membersAt(context.tool, [...path, facts.name])))}>+ ${visibleLine(facts.name, 80)}<span class="muted"> ${visibleLine(typeName(facts), 40)}${facts.required ? `, ${t('required')}` : ''}</span></button>`)}
    ${nameInput(context, path, object)}</div></div>`;
}

const mostOffers = 24;

function member(context: FieldContext, path: Path, object: JsonObject, key: string, facts: ArgumentFacts | undefined, isDeclared: boolean, beside?: (key: string) => TemplateResult | typeof nothing): TemplateResult {
  const own = [...path, key];
  const words = facts === undefined ? (isDeclared ? html`<span class="schema off">${t('not in the schema')}</span>` : nothing) : html`<span class="schema" title=${visibleLine(facts.description ?? '', 600)}>${visibleLine(typeName(facts), 60)}${facts.required ? html` <strong>${t('required')}</strong>` : nothing}</span>`;
  const rename = (event: Event): void => {
    const to = (event.target as HTMLInputElement).value;
    const renamed = withKeyRenamed(object, [], key, to);
    if (renamed === object) (event.target as HTMLInputElement).value = key;
    else context.set(path, renamed);
  };
  // Names of the schema are fixed: another one is another argument.
  const name = facts !== undefined ? html`<code>${visibleLine(key, 120)}</code>` : html`<input type="text" class="key" spellcheck="false" aria-label=${t('Name of {0}', visibleLine(writtenPath(own), 200))} .value=${key} @change=${rename} />`;
  return html`<div class="member" data-key=${visibleLine(key, 120)}><div class="member-name">${name}${words}</div><div class="member-value">${valueField(context, own, object[key] ?? null)}${beside?.(key) ?? nothing}</div>${removeButton(context, own)}</div>`;
}

function nameInput(context: FieldContext, path: Path, object: JsonObject): TemplateResult {
  const add = (field: HTMLInputElement | null): void => {
    if (field === null || field.value === '' || Object.hasOwn(object, field.value)) return;
    const facts = context.tool === undefined ? undefined : argumentAt(context.tool, [...path, field.value]);
    context.set([...path, field.value], startValue(facts));
    field.value = '';
  };
  const fieldOf = (event: Event): HTMLInputElement | null => (event.currentTarget as HTMLElement).parentElement?.querySelector('input') ?? null;
  return html`<span class="other"><input type="text" spellcheck="false" aria-label=${t('Another name')} placeholder=${t('Another name')} @keydown=${(event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) add(fieldOf(event));
  }} /><button type="button" class="small" @click=${(event: Event) => add(fieldOf(event))}>${t('Add')}</button></span>`;
}
