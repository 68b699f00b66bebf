import type { Span } from '../../json/stringMap.ts';
import type { Message } from '../sample.ts';
import type { RecordExtras } from './recordExtras.ts';

/**
 * How a dialect puts tools into a system text. The text without them, what stands around them kept, is the system message;
 * a system message without a place for tools gets `standard` behind it.
 */
export type ToolTemplate = {
  /** A text with an empty place for tools. */
  readonly standard: string;
  /** Where the tools stand in a text, empty where the place is; undefined where it has none. */
  readonly find: (text: string) => Span | undefined;
};

export type CutText = { readonly system: string; readonly tools: Span | undefined };

/** Takes the tools out of a text. */
export function cutTools(text: string, template: ToolTemplate): CutText {
  const tools = template.find(text);
  return { system: tools === undefined ? text : text.slice(0, tools.start) + text.slice(tools.end), tools };
}

/** The system message that a text without its tools is; null for none. */
export function systemMessage(system: string, extras: RecordExtras, template: ToolTemplate): string | null {
  if (extras.system !== undefined && withPlace(extras.system, template) === system) return extras.system;
  return system === '' ? null : system;
}

/** The text of a sample's system message with its tools in it, and the message itself where the place was put behind it. */
export function fillTemplate(messages: readonly Message[], tools: string, template: ToolTemplate): { readonly text: string; readonly extras: { readonly system?: string | null } } {
  const system = messages[0]?.role === 'system' ? messages[0].content : null;
  const found = system === null ? undefined : template.find(system);
  const own = system !== null && found?.start === found?.end ? found : undefined;
  const base = system !== null && own !== undefined ? system : withPlace(system, template);
  const at = (own ?? template.find(base))?.start ?? base.length;
  return { text: base.slice(0, at) + tools + base.slice(at), extras: own === undefined ? { system } : {} };
}

export function withoutSystem(messages: readonly Message[]): readonly Message[] {
  return messages[0]?.role === 'system' ? messages.slice(1) : messages;
}

function withPlace(system: string | null, template: ToolTemplate): string {
  return system === null ? template.standard : `${system}\n\n${template.standard}`;
}
