import type { ToolCall } from '../../dataset/sample.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../json/value.ts';
import { toolParameterSchema } from '../../schema/normalise.ts';
import { show } from '../../toolcall/differences.ts';
import { enumOf, scalarsOf, typesOf } from '../argumentChoices.ts';
import { fold, lettersOf } from '../grounding/requestText.ts';
import type { SampleRule } from '../rule.ts';
import type { SampleContext } from '../sampleContext.ts';
import type { Fix } from '../finding.ts';
import { argumentFix } from '../fixes.ts';

const mention = /(?<![\p{L}\p{N}])(?:'([^'\n]{2,60})'|"([^"\n]{2,60})"|`([^`\n]{2,60})`|“([^”\n]{2,60})”)(?![\p{L}\p{N}])/gu;

export const rule: SampleRule = {
  id: 'unused-mention',
  scope: 'sample',
  needs: ['calls'],
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'The last message puts something in quotation marks, no argument of the label has it, and there is room for it: an argument is left out, has a text that the conversation does not have, or a tool is not called.',
    why: 'What is quoted is mostly meant to be handed over as it is: an argument was forgotten, or has something else in its place.',
    good: '{"title": "The Hill"}, for “find the book \'The Hill\'”',
    bad: '{"title": "hills"}, for “find the book \'The Hill\'”',
    shownAt: 'the message, at the quotation',
  },
  check(context) {
    const { label, messages, tools } = context.sample;
    const last = messages.length - 1;
    const message = messages[last];
    if (label.kind !== 'calls' || message?.role !== 'user') return [];
    if (!mayQuote(message.content) || !/(?:^|[\s([:,])['"`“]/.test(message.content)) return [];
    const quoted = [...message.content.matchAll(mention)];
    if (quoted.length === 0) return [];
    const isQuotedJson = withinJson(message.content);
    const open = quoted.filter((match) => !isQuotedJson(match.index));
    if (open.length === 0) return [];
    const used = lettersOf(fold([...(label.possible ?? label.calls).map(({ name, arguments: args }) => `${name} ${textOf(args)}`), ...tools.map(({ name }) => name)].join('\n')));
    const found = open.flatMap((match) => {
      const text = match.slice(1).find((group) => group !== undefined) ?? '';
      const letters = lettersOf(fold(text));
      if (letters.length < 2 || /^(?:null|none|undefined|true|false)$/.test(letters) || used.includes(letters) || used.includes(lettersOf(fold(text.replace(/^\w+:\s+/, '')))) || datePattern.test(text)) return [];
      return [{ at: { part: 'message' as const, message: last, from: match.index, to: match.index + match[0].length }, message: `${show(text)} is quoted, and no argument has it`, suggestions: () => takersOf(context, text) }];
    });
    return found.length > 0 && hasRoom(context, label.calls) ? found : [];
  },
};

function mayQuote(text: string): boolean {
  return text.includes("'") || text.includes('"') || text.includes('`') || text.includes('“');
}

/** Somewhere a text is missing: an argument without a value, one whose text the request does not have, or, of several calls, one more of another tool. */
function hasRoom({ unsaid, choices, sample: { tools } }: SampleContext, calls: readonly ToolCall[]): boolean {
  if (unsaid.some(({ choices: values, schema }) => takesText(schema) && values.some((value) => scalarsOf(value).some((one) => typeof one === 'string')))) return true;
  if (calls.length > 1 && tools.some(({ name }) => calls.every((call) => call.name !== name))) return true;
  return calls.some(({ name }, index) => {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) return true;
    const given = new Set(choices.filter((argument) => argument.call === index && argument.path.length === 1 && argument.choices.length > 0).map((argument) => argument.name));
    const declared = toolParameterSchema(tool).schema['properties'];
    return declared !== undefined && isJsonObject(declared) && Object.entries(declared).some(([argument, schema]) => !given.has(argument) && isJsonObject(schema) && takesText(schema));
  });
}

/** The quotation as each argument that has room for it: one that is left out, or one whose text the request does not have. */
function takersOf(context: SampleContext, text: string): readonly Fix[] {
  const { label, tools } = context.sample;
  if (label.kind !== 'calls' || label.calls.length !== 1) return [];
  const [call] = label.calls;
  const tool = tools.find(({ name }) => name === call?.name);
  const declared = tool === undefined ? undefined : toolParameterSchema(tool).schema['properties'];
  const isPlain = (schema: JsonObject | undefined): boolean => takesText(schema) && !typesOf(schema).includes('array');
  const left = declared !== undefined && isJsonObject(declared) ? Object.entries(declared).filter(([name, schema]) => !Object.hasOwn(call?.arguments ?? {}, name) && isJsonObject(schema) && isPlain(schema)).map(([name]) => name) : [];
  const wrong = context.unsaid.filter(({ path, schema, choices }) => path.length === 1 && isPlain(schema) && typeof choices[0] === 'string').map(({ name }) => name);
  return [...wrong, ...left].slice(0, 4).flatMap((name) => argumentFix(context, `Write ${show(text)} as ${name}`, [{ kind: 'set', call: 0, path: [name], value: text }])());
}

/** Any text, not one of a list. */
function takesText(schema: JsonObject | undefined): boolean {
  const types = typesOf(schema);
  return enumOf(schema).length === 0 && (types.length === 0 || types.includes('string') || types.includes('array'));
}

/** A pattern such as YYYY-MM-DD is handed over in the notation of the tool. */
const datePattern = /^[YMDHhms]{1,4}(?:[-./: ]+[YMDHhmsyd]{1,4})+$/;

/** Whether a place lies between the first and the last bracket of JSON that a message holds: what is quoted there nobody speaks of. */
function withinJson(text: string): (index: number) => boolean {
  const from = text.search(/[{[]\s*["'{[]/);
  const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  return (index) => from >= 0 && index > from && index < to;
}

function textOf(value: JsonValue): string {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(textOf).join('\n');
  if (isJsonObject(value)) return Object.entries(value).map(([key, member]) => `${key} ${textOf(member)}`).join('\n');
  if (typeof value === 'string') return value;
  return value instanceof JsonNumber ? value.raw : JSON.stringify(value);
}
