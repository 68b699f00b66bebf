import { isJsonObject, JsonNumber, type JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { fold, lettersOf } from '../grounding/requestText.ts';
import type { SampleRule } from '../rule.ts';

const mention = /(?<![\p{L}\p{N}])(?:'([^'\n]{2,60})'|"([^"\n]{2,60})"|`([^`\n]{2,60})`|“([^”\n]{2,60})”)(?![\p{L}\p{N}])/gu;

export const rule: SampleRule = {
  id: 'unused-mention',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'The last message puts something in quotation marks, and no argument of the label has it.',
    why: 'What is quoted is mostly meant to be handed over as it is: an argument was forgotten, or has something else in its place.',
    good: '{"title": "The Hill"}, for “find the book \'The Hill\'”',
    bad: '{"title": "hills"}, for “find the book \'The Hill\'”',
    shownAt: 'the message, at the quotation',
  },
  check({ sample: { label, messages, tools } }) {
    const last = messages.length - 1;
    const message = messages[last];
    if (label.kind !== 'calls' || message?.role !== 'user') return [];
    if (!/(?:^|[\s([:,])['"`“]/.test(message.content)) return [];
    const quoted = [...message.content.matchAll(mention)];
    if (quoted.length === 0) return [];
    const used = lettersOf(fold([...(label.possible ?? label.calls).map(({ name, arguments: args }) => `${name} ${textOf(args)}`), ...tools.map(({ name }) => name)].join('\n')));
    const isQuotedJson = withinJson(message.content);
    return quoted.flatMap((match) => {
      if (isQuotedJson(match.index)) return [];
      const text = match.slice(1).find((group) => group !== undefined) ?? '';
      const letters = lettersOf(fold(text));
      if (letters.length < 2 || used.includes(letters) || used.includes(lettersOf(fold(text.replace(/^\w+:\s+/, '')))) || datePattern.test(text)) return [];
      return [{ at: { part: 'message' as const, message: last, from: match.index, to: match.index + match[0].length }, message: `${show(text)} is quoted, and no argument has it` }];
    });
  },
};

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
