import { html, nothing, type TemplateResult } from 'lit';
import type { ToolCall, ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { isJsonArray } from '../../../src/core/json/member.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { isJsonObject, type JsonValue } from '../../../src/core/json/value.ts';
import { acceptedValues } from '../../../src/core/review/answer/nearestChoice.ts';
import { callsOf, withAccepted, withCall, withCallAdded, withCallMoved, withoutCall, withoutValueAt, withValueAt, type CallList, type CallsLabel } from '../../../src/core/review/edit/editLabel.ts';
import { readField, startCall } from '../../../src/core/review/edit/fieldValue.ts';
import { toolTable } from '../../../src/core/schema/toolTable.ts';
import { visibleLine } from '../../../src/core/text/visibleText.ts';
import { t } from '../../shared/words.ts';
import { members, unreadable, type FieldContext } from './valueField.ts';

export type FormContext = Pick<FieldContext, 'drafts' | 'kinds' | 'refresh'> & {
  readonly tools: readonly ToolDefinition[];
  change(label: CallsLabel): void;
};

/** The calls of a label or of one of its alternatives, call by call. */
export function callsForm(context: FormContext, label: CallsLabel, list: CallList): TemplateResult {
  const calls = callsOf(label, list);
  return html`<div class="calls">${calls.map((call, index) => callForm(context, label, list, call, index, calls.length))}
    <button type="button" class="small" @click=${() => addCall(context, label, list)}>${t('Add a call')}</button></div>`;
}

function addCall(context: FormContext, label: CallsLabel, list: CallList): void {
  const [tool] = context.tools;
  context.change(withCallAdded(label, list, callsOf(label, list).length, tool === undefined ? { name: '', arguments: {} } : startCall(tool)));
}

/** Drafts and chosen kinds are found by the places of calls, so they go when the places change. */
function restructure(context: FormContext, label: CallsLabel): void {
  context.drafts.clear();
  context.kinds.clear();
  context.change(label);
}

function callForm(context: FormContext, label: CallsLabel, list: CallList, call: ToolCall, index: number, count: number): TemplateResult {
  const tool = toolTable(context.tools).find(call.name)?.tools[0];
  const fields = fieldsOf(context, label, list, call, index, tool);
  const title = t('Call {0}', index + 1);
  const button = (text: string, words: string, disabled: boolean, act: () => void): TemplateResult => html`<button type="button" class="small" aria-label="${title}: ${words}" title=${words} ?disabled=${disabled} @click=${act}>${text}</button>`;
  return html`<fieldset class="call" data-call=${index}><legend>${title}</legend>
    <div class="call-head">${toolSelect(context, label, list, call, index, tool)}<span class="spacer"></span>
      ${button('↑', t('move up'), index === 0, () => restructure(context, withCallMoved(label, list, index, index - 1)))}${button('↓', t('move down'), index === count - 1, () => restructure(context, withCallMoved(label, list, index, index + 1)))}${button(t('duplicate'), t('duplicate'), false, () => restructure(context, withCallAdded(label, list, index + 1, call)))}${button('×', t('remove'), count === 1, () => restructure(context, withoutCall(label, list, index)))}
    </div>
    ${members(fields, [], call.arguments, (key) => (list === 'own' ? acceptedField(context, label, index, key) : nothing))}
  </fieldset>`;
}

function fieldsOf(context: FormContext, label: CallsLabel, list: CallList, call: ToolCall, index: number, tool: ToolDefinition | undefined): FieldContext {
  const key = `${list} ${index}`;
  const put = (args: JsonValue): void => context.change(withCall(label, list, index, { name: call.name, arguments: isJsonObject(args) ? args : call.arguments }));
  return {
    tool, key, drafts: context.drafts, kinds: context.kinds,
    refresh: () => context.refresh(),
    set: (path, value) => put(withValueAt(call.arguments, path, value)),
    remove: (path) => {
      forget(context, key);
      put(withoutValueAt(call.arguments, path));
    },
  };
}

/** Removing an item gives the ones behind it other paths. */
function forget({ drafts, kinds }: FormContext, key: string): void {
  for (const map of [drafts, kinds]) for (const own of [...map.keys()]) if (own.startsWith(`${key} `)) map.delete(own);
}

function toolSelect(context: FormContext, label: CallsLabel, list: CallList, call: ToolCall, index: number, tool: ToolDefinition | undefined): TemplateResult {
  const change = (name: string): void => context.change(withCall(label, list, index, { name, arguments: call.arguments }));
  const words = t('Tool of call {0}', index + 1);
  if (context.tools.length === 0) return html`<input type="text" spellcheck="false" aria-label=${words} .value=${call.name} @change=${(event: Event) => change((event.target as HTMLInputElement).value)} />`;
  const known = context.tools.findIndex(({ name }) => name === call.name);
  const pick = (event: Event): void => {
    const chosen = context.tools[(event.target as HTMLSelectElement).selectedIndex - (known < 0 ? 1 : 0)];
    if (chosen !== undefined) change(chosen.name);
  };
  return html`<select class="tool" aria-label=${words} @change=${pick}>
    ${known < 0 ? html`<option selected>${visibleLine(call.name, 120)}${tool === undefined ? ` (${t('no such tool')})` : ''}</option>` : nothing}${context.tools.map((each, at) => html`<option ?selected=${at === known}>${visibleLine(each.name, 120)}</option>`)}
  </select>`;
}

/** Of possible answers, the list of values that count as right. */
function acceptedField(context: FormContext, label: CallsLabel, index: number, argument: string): TemplateResult | typeof nothing {
  const possible = label.possible?.[index];
  if (possible === undefined || !Object.hasOwn(possible.arguments, argument)) return nothing;
  const accepted = acceptedValues(possible.arguments[argument] ?? null);
  const key = `accepted ${index} ${argument}`;
  const draft = context.drafts.get(key);
  const typed = (event: Event): void => {
    const { value: text } = event.target as HTMLTextAreaElement;
    const read = readField(text, 'json');
    if (read.ok && isJsonArray(read.value) && read.value.length > 0) {
      context.drafts.delete(key);
      context.change(withAccepted(label, index, argument, read.value));
    } else {
      context.drafts.set(key, { text, message: read.ok ? t('Acceptable values are a JSON list.') : unreadable(read.message) });
      context.refresh();
    }
  };
  return html`<label class="accepted"><span class="muted">${t('All values that count as right ("" = may be left out)')}</span><textarea rows="1" spellcheck="false" aria-invalid=${draft === undefined ? 'false' : 'true'} .value=${draft?.text ?? stringifyJson(accepted)} @input=${typed}></textarea></label>${draft === undefined ? nothing : html`<p class="field-error" role="alert">${draft.message}</p>`}`;
}

/** Further answers that count as right. */
export function alternativesForm(context: FormContext, label: CallsLabel, predicted: readonly ToolCall[]): TemplateResult {
  const alternatives = label.alternatives ?? [];
  const put = (next: readonly (readonly ToolCall[])[]): void => {
    const { alternatives: _, ...rest } = label;
    restructure(context, next.length === 0 ? rest : { ...label, alternatives: [...next] });
  };
  return html`<details class="alternatives" ?open=${alternatives.length > 0}><summary>${t('Other answers that count as right: {0}', alternatives.length)}</summary>
    ${alternatives.map((_, index) => html`<section class="alternative" aria-label=${t('Alternative {0}', index + 1)}><div class="call-head"><strong>${t('Alternative {0}', index + 1)}</strong><span class="spacer"></span><button type="button" class="small" @click=${() => put(alternatives.filter((__, at) => at !== index))}>${t('Remove')}</button></div>${callsForm(context, label, index)}</section>`)}
    <button type="button" class="small" @click=${() => put([...alternatives, label.calls])}>${t('Add the calls above')}</button>
    ${predicted.length === 0 ? nothing : html`<button type="button" class="small" @click=${() => put([...alternatives, predicted])}>${t('Add the prediction')}</button>`}
  </details>`;
}

