import type { Sample } from '../../core/dataset/sample.ts';
import type { JsonObject, JsonValue } from '../../core/json/value.ts';
import { stringifySpaced } from '../../core/json/stringify.ts';
import { provenanceOf, type Provenance } from '../../core/rules/grounding/provenance.ts';
import { argumentAt } from '../../core/schema/argumentFacts.ts';
import { codeSpan } from '../../core/text/markdown.ts';
import { argumentText, turnText, valueSpan } from '../argumentTexts.ts';
import type { ArgumentTarget } from '../dataset/targetAt.ts';
import { argumentValue, toolOfCall } from '../labelCalls.ts';
import { argumentVerdict, nameCode } from './callHover.ts';

/** An argument, its schema, what is wrong with it, and where its value comes from in the conversation. */
export function argumentBlocks(target: ArgumentTarget): readonly string[] {
  const { record, sample, call, path } = target;
  const tool = toolOfCall(target);
  const facts = tool && argumentAt(tool, path);
  const name = path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`), '');
  const value = argumentValue(target, path);
  const verdict = argumentVerdict(record, sample, call, path);
  return [
    `**Argument** ${nameCode(name)}${tool === undefined ? '' : ` of ${nameCode(tool.name)}`}`,
    ...(facts === undefined ? [tool === undefined ? 'The tool is not defined' : 'The tool does not declare it'] : [argumentText(facts)]),
    ...(verdict === '' ? [] : [verdict]),
    ...(value === undefined || isLong(value) ? [] : originBlocks(value, facts?.schema, sample.sample)),
  ];
}

/** Nobody says a text of this length again; to look for all words of it takes seconds. */
const longestValue = 10_000;

function isLong(value: JsonValue): boolean {
  return typeof value === 'string' ? value.length > longestValue : typeof value === 'object' && stringifySpaced(value).length > longestValue;
}

function originBlocks(value: JsonValue, schema: JsonObject | undefined, sample: Sample): readonly string[] {
  const origins = provenanceOf(value, schema, sample);
  if (origins.length === 0) return [];
  const [only] = origins;
  if (origins.length === 1 && only !== undefined) return [`**Where it comes from:** ${originText(only, sample)}`];
  return [`**Where it comes from**\n\n${origins.map((origin) => `- ${valueSpan(origin.value, 60)}: ${originText(origin, sample)}`).join('\n')}`];
}

function originText(origin: Provenance, { messages }: Sample): string {
  switch (origin.kind) {
    case 'said': {
      const place = turnText(messages, origin.message);
      if (origin.quotation === undefined) return `${place}, in other words`;
      const { before, match, after } = origin.quotation;
      return `${place}: ${[before, match, after].map((part, index) => (part.trim() === '' ? '' : index === 1 ? `**${codeSpan(part, 120)}**` : codeSpan(part.trim(), 120))).filter((part) => part !== '').join(' ')}`;
    }
    case 'default':
      return 'equal to the default; the conversation does not name it';
    case 'derivable':
      return 'derivable from what the conversation says, not named in it';
    case 'otherName':
      return 'the conversation names it otherwise (a code or short form)';
    case 'listed':
      return 'one of the values of the schema; the conversation does not name it';
    case 'unknown':
      return 'not found in the conversation';
  }
}
