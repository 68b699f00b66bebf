import { sha256Hex } from '../../hash.ts';
import { canonicalJson, stringifyJson } from '../../json/stringify.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { chatmlPrompt } from './chatmlPrompt.ts';
import type { PromptInput } from './promptInput.ts';
import { textAndObject } from './guardedInterpreter.ts';
import { compileJinja, type Rendered, type TemplateProblem } from './jinjaTemplate.ts';
import { messageShapes } from '../messageShapes.ts';
import { toolShape } from './toolShape.ts';

/** What makes the text of a prompt out of a conversation, on our side. */
export type PromptTemplate = {
  /** Where it comes from, for people. */
  readonly name: string;
  /** 16 hex digits over everything that decides the text beside the conversation. Another hash, another question. */
  readonly hash: string;
  /** Texts that end an answer, for servers that do not know it by themselves. */
  readonly stop: readonly string[];
  /** The template's own text; undefined for those that are code. */
  readonly source: string | undefined;
  /** Written first by templates of some models; servers that write it themselves must not be given it. */
  readonly bosToken: string | undefined;
  render(input: PromptInput): Rendered;
};

export type MadePrompt = { readonly ok: true; readonly template: PromptTemplate } | ({ readonly ok: false } & TemplateProblem);

export type JinjaPromptOptions = {
  readonly name: string;
  readonly source: string;
  readonly bosToken?: string | undefined;
  readonly eosToken?: string | undefined;
  /** Further variables of the template (`enable_thinking`, ...); `now` (a date) is what `strftime_now` gives. */
  readonly args?: JsonObject;
};

/** Marks of the ends of turns; a template that writes one means it. */
const endMarks = ['<|im_end|>', '<|eot_id|>', '<|eom_id|>', '<end_of_turn>'];
const exampleConversation: PromptInput = {
  messages: [
    { role: 'system', content: 's' },
    { role: 'user', content: 'u' },
    { role: 'assistant', content: 'a', calls: [{ name: 'f', arguments: { x: 1 } }] },
    { role: 'tool', content: 'r' },
  ],
  tools: [{ name: 'f', description: 'd', parameters: { type: 'object', properties: { x: { type: 'integer' } } } }],
};

/** ChatML as LoopTool rows, and so the exports for trainers, have it. `args.enable_thinking: false` closes the reasoning before it begins. */
export function chatmlTemplate(args: JsonObject = {}): PromptTemplate {
  const closed = args['enable_thinking'] === false;
  const render = (input: PromptInput): Rendered => ({ ok: true, text: chatmlPrompt(input, closed) });
  return { name: 'chatml', hash: hashOf({ chatml: chatmlPrompt(exampleConversation, closed), args }), stop: ['<|im_end|>'], source: undefined, bosToken: undefined, render };
}

/** A template in the language of published models. Its problems carry their place. */
export async function jinjaPrompt(options: JinjaPromptOptions): Promise<MadePrompt> {
  const { name, source, bosToken, eosToken, args = {} } = options;
  const compiled = await compileJinja(source);
  if (!compiled.ok) return compiled;
  const { now: day, ...own } = args;
  const now = typeof day === 'string' ? new Date(day) : undefined;
  if (now !== undefined && Number.isNaN(now.getTime())) return { ok: false, message: 'templateArgs.now is no date' };
  const render = (input: PromptInput): Rendered => {
    const attempt = (argumentsAsText: boolean): Rendered =>
      compiled.template.render({ ...own, ...conversation(input, argumentsAsText), bos_token: bosToken ?? '', eos_token: eosToken ?? '' }, now === undefined ? {} : { now });
    const first = attempt(false);
    // Most templates take the arguments of calls as objects; some as they come from the API, as JSON text.
    const rendered = !first.ok && first.message === textAndObject ? attempt(true) : first;
    if (rendered.ok) return { ok: true, text: rendered.text + (input.continuation ?? '') };
    return now === undefined && rendered.message.includes('strftime_now') ? { ...rendered, message: `${rendered.message}: the template writes the date of today; set templateArgs.now to the date that it shall be` } : rendered;
  };
  const stop = [...new Set([...endMarks.filter((mark) => source.includes(mark)), ...(eosToken ? [eosToken] : [])])];
  return { ok: true, template: { name, hash: hashOf({ source, bosToken: bosToken ?? '', eosToken: eosToken ?? '', args }), stop, source, bosToken, render } };
}

/** The conversation as transformers hands it to templates: arguments of calls are objects, `tools` is none without any. */
function conversation({ messages, tools, addGenerationPrompt }: PromptInput, argumentsAsText: boolean): JsonObject {
  const shown = messageShapes(messages, { callId, callArguments: argumentsAsText ? stringifyJson : (value) => value, emptyBesideCalls: '', toolNames: true });
  return { messages: shown, tools: tools.length === 0 ? null : tools.map(toolShape), documents: null, add_generation_prompt: addGenerationPrompt ?? true };
}

/** Nine letters and digits: there are templates that take no other. */
function callId(message: number, position: number): string {
  return `call${String((message % 1000) * 100 + (position % 100)).padStart(5, '0')}`;
}

function hashOf(value: JsonValue): string {
  return sha256Hex(canonicalJson(value)).slice(0, 16);
}
