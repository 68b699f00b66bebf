import type { Sample } from '../dataset/sample.ts';
import { rememberedAnswers } from '../dataset/reading/lastAnswer.ts';
import { isJsonArray } from '../json/member.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import type { Hit, Part } from './rule.ts';
import type { SampleContext } from './sampleContext.ts';
import type { Fix } from './finding.ts';
import { argumentFix, labelFix, messageFix } from './fixes.ts';

/** What is wrong with a text of a sample, without its place; undefined for what is well. */
export type TextLook = (text: string) => readonly TextProblem[] | undefined;
/** `from` and `to` where the problem is a part of the text. */
export type TextProblem = { readonly message: string; readonly from?: number; readonly to?: number; /** The whole text put right. */ readonly fixed?: () => { readonly title: string; readonly text: string } | undefined };

/**
 * Looks at every text of a sample: its new messages, the text of its label, and every string value of its calls. Places are
 * worked out only where something is found, and a system message that many samples share is looked at once.
 */
export function lookingAtTexts(look: TextLook): (context: SampleContext) => readonly Hit[] {
  const lookAgain = rememberedAnswers(look);
  return (context) => {
    const { sample, firstNewMessage } = context;
    const hits: Hit[] = [];
    const { messages, label } = sample;
    for (let message = firstNewMessage; message < messages.length; message += 1) {
      const one = messages[message];
      if (one === undefined || one.content === '') continue;
      addHits(context, hits, { part: 'message', message }, (one.role === 'system' ? lookAgain : look)(one.content));
    }
    if (label.kind === 'text') addHits(context, hits, { part: 'label' }, look(label.text));
    if (label.kind === 'calls') lookAtCalls(context, label, look, hits);
    return hits;
  };
}

function addHits(context: SampleContext, hits: Hit[], at: Part, problems: readonly TextProblem[] | undefined): void {
  if (problems === undefined) return;
  for (const { message, from, to, fixed } of problems) {
    const fixes = fixed === undefined ? {} : { fixes: () => fixesAt(context, at, fixed()) };
    hits.push({ at: at.part === 'message' && from !== undefined && to !== undefined ? { ...at, from, to } : at, message, ...fixes });
  }
}

function fixesAt(context: SampleContext, at: Part, fixed: { readonly title: string; readonly text: string } | undefined): readonly Fix[] {
  if (fixed === undefined) return [];
  const { title, text } = fixed;
  const { label } = context.sample;
  if (at.part === 'message') return messageFix(context, title, at.message, text)();
  if (at.part === 'value') return argumentFix(context, title, [{ kind: 'set', call: at.call, path: at.path, value: text }])();
  return label.kind === 'text' ? labelFix(context, title, () => ({ ...label, text }))() : [];
}

function lookAtCalls(context: SampleContext, { calls }: Extract<Sample['label'], { readonly kind: 'calls' }>, look: TextLook, hits: Hit[]): void {
  for (let call = 0; call < calls.length; call += 1) {
    const args = calls[call]?.arguments;
    if (args === undefined || !someString(args, look)) continue;
    eachString(args, [], (path, text) => addHits(context, hits, { part: 'value', call, path }, look(text)));
  }
}

function someString(value: JsonValue, look: TextLook): boolean {
  if (typeof value === 'string') return look(value) !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  if (isJsonArray(value)) return value.some((item) => someString(item, look));
  if (isJsonObject(value)) for (const key in value) if (Object.hasOwn(value, key) && someString(value[key] ?? null, look)) return true;
  return false;
}

type Path = readonly (string | number)[];

/** Every string inside a value, keys apart. */
function eachString(value: JsonValue, path: Path, take: (path: Path, text: string) => void): void {
  if (typeof value === 'string') take(path, value);
  else if (isJsonArray(value)) value.forEach((item, index) => eachString(item, [...path, index], take));
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) eachString(item, [...path, key], take);
}
