import { textMember } from '../../json/member.ts';
import type { JsonValue } from '../../json/value.ts';
import type { RecordReading, Steps } from '../dialect.ts';
import { refusal } from './chatRecord.ts';
import { readDialogue, type Turn } from './dialogue.ts';
import { readExtras } from './recordExtras.ts';
import { rememberedTools } from './toolBlock.ts';
import { cutTools, systemMessage } from './toolTemplate.ts';
import { readToolrlHistory, readToolrlTools, toolrlTemplate } from './toolrlText.ts';

/** Under which keys the instruction and the dialogue stand. */
export type ToolrlKeys = { readonly system: string; readonly input: string };

const readInstruction = rememberedTools((text: string) => {
  const cut = cutTools(text, toolrlTemplate);
  return { cut, tools: readToolrlTools(text, cut.tools) };
});

export type ToolrlAnswer = { readonly answer: Turn; readonly steps: Steps; readonly unheld: readonly string[] };

/** A record of ToolRL's texts; the instruction without its tools is the system message. */
export function readToolrlRecord(record: JsonValue, keys: ToolrlKeys, { answer, steps, unheld }: ToolrlAnswer): RecordReading {
  const instruction = textMember(record, keys.system);
  const input = textMember(record, keys.input);
  if (instruction === undefined || input === undefined) return refusal([], `a ToolRL row needs the strings ${keys.system} and ${keys.input}`);
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const { cut, tools } = readInstruction(instruction);
  const system = systemMessage(cut.system, extras, toolrlTemplate);
  const history = readToolrlHistory(input);
  const turns: readonly Turn[] = [
    ...(system === null ? [] : [{ message: { role: 'system', content: system }, path: [keys.system] } as const]),
    ...history.messages.map(({ message, span }): Turn => ({ message, path: [keys.input, { from: span.start, to: span.end }] })),
    answer,
  ];
  const held = history.reasoning && !unheld.includes('reasoning') ? [...unheld, 'reasoning'] : unheld;
  return readDialogue({ tools, toolsPath: [keys.system], turns, extras, steps, messagesPath: [keys.input], unheld: held });
}
