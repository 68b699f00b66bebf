import { isJsonObject, JsonNumber, type JsonValue } from '../../json/value.ts';
import { toolParameterSchema } from '../../schema/normalise.ts';
import { show } from '../../toolcall/differences.ts';
import { fold, lettersOf, stem, wordsOf } from '../grounding/requestText.ts';
import { scalarsOf, typesOf, type ArgumentChoices } from '../argumentChoices.ts';
import type { SampleContext } from '../sampleContext.ts';
import type { SampleRule } from '../rule.ts';

const mention = /(?<![\p{L}\p{N}])(?:'([^'\n]{2,60})'|"([^"\n]{2,60})"|`([^`\n]{2,60})`|“([^”\n]{2,60})”)(?![\p{L}\p{N}])/gu;

export const rule: SampleRule = {
  id: 'unused-mention',
  scope: 'sample',
  needs: ['calls'],
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'The last message puts something in quotation marks, and no argument of the label has it, though one is left out or has something like it.',
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
    if (!/(?:^|[\s([:,])['"`“]/.test(message.content)) return [];
    const quoted = [...message.content.matchAll(mention)];
    if (quoted.length === 0) return [];
    const used = lettersOf(fold([...(label.possible ?? label.calls).map(({ name, arguments: args }) => `${name} ${textOf(args)}`), ...tools.map(({ name }) => name)].join('\n')));
    const hasPlace = placeFor(context);
    const isQuotedJson = withinJson(message.content);
    return quoted.flatMap((match) => {
      if (isQuotedJson(match.index)) return [];
      const text = match.slice(1).find((group) => group !== undefined) ?? '';
      const letters = lettersOf(fold(text));
      if (letters.length < 2 || /^(?:null|none|undefined|true|false)$/.test(letters) || used.includes(letters) || used.includes(lettersOf(fold(text.replace(/^\w+:\s+/, '')))) || datePattern.test(text) || !hasPlace(text)) return [];
      return [{ at: { part: 'message' as const, message: last, from: match.index, to: match.index + match[0].length }, message: `${show(text)} is quoted, and no argument has it` }];
    });
  },
};

/** Whether a called tool has an argument for it: one for texts that its call leaves out, or one whose value is written nearly the same. */
function placeFor(context: SampleContext): (text: string) => boolean {
  const { label, tools } = context.sample;
  if (label.kind !== 'calls') return () => false;
  const leftOut = (label.possible ?? label.calls).some((call) => {
    const tool = tools.find(({ name }) => name === call.name);
    const properties = tool === undefined ? undefined : toolParameterSchema(tool).schema['properties'];
    if (properties === undefined || !isJsonObject(properties)) return false;
    return Object.entries(properties).some(([name, schema]) => !Object.hasOwn(call.arguments, name) && isJsonObject(schema) && typesOf(schema).includes('string') && !Object.hasOwn(schema, 'enum'));
  });
  return (text) => leftOut || context.choices.some((argument) => isNear(argument, text));
}

/** Words of four letters and more in common, or one word that is a slip away. */
function isNear({ choices }: ArgumentChoices, text: string): boolean {
  const said = wordsOf(text).filter((word) => word.length >= 4).map(stem);
  return choices.flatMap(scalarsOf).some((value) => typeof value === 'string' && value.length <= 2 * text.length + 20 && wordsOf(value).map(stem).some((word) => said.some((other) => word === other || (Math.abs(word.length - other.length) <= 2 && word.length >= 4 && word.slice(0, 4) === other.slice(0, 4)))));
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
