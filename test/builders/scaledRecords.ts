import { readFileSync } from 'node:fs';
import { callBlock, looptoolRow, weatherTool } from './datasetText.ts';
import { sharedData } from './sharedData.ts';

/** A data set of any size: its bytes as JSON Lines, and every JSON text that is to be parsed to know it, the lines first. */
export type ScaledSet = {
  readonly name: string;
  readonly dialect: string;
  readonly bytes: Uint8Array;
  /** Lines, and what is embedded in them, each a JSON text. */
  readonly texts: readonly string[];
  /** One JSON array of the rows with the possible answers, where there are any. */
  readonly answers?: string;
};

export type ScaledKind = 'toolrl' | 'looptool' | 'openai-chat' | 'bfcl';
export const scaledKinds: readonly ScaledKind[] = ['toolrl', 'looptool', 'openai-chat', 'bfcl'];

/** A record as JSON on one line, the row with its answers if it has one, what in it stays the same in every copy, and what the user and the label say. */
type Original = { readonly line: string; readonly answers?: string; readonly fixed: string; readonly said: string; readonly label: string };
/** The pieces of a text between the words that vary; `slots` are the numbers of these words. */
type Template = { readonly pieces: readonly string[]; readonly slots: readonly number[] };

/** Real records where they are there, else made-up ones, repeated to `size` bytes; names and numbers that request and label share are others in each copy, tools are the same. */
export function scaledSet(kind: ScaledKind, size: number): ScaledSet {
  const originals = sharedData === undefined ? madeUp(kind) : real(kind, sharedData);
  const templates = originals.map((original) => {
    const words = varying(original);
    return { line: template(original.line, words), answers: original.answers === undefined ? undefined : template(original.answers, words), words };
  });
  const encoder = new TextEncoder();
  const bytes = new Uint8Array(size + 200_000);
  const lines: string[] = [];
  const answers: string[] = [];
  let length = 0;
  for (let copy = 0; length < size; copy += 1) {
    for (const { line, answers: row, words } of templates) {
      if (length >= size) break;
      const values = words.map((word, slot) => (word === idMark ? `c${copy}` : another(word, copy, slot)));
      const text = filled(line, values);
      length += encoder.encodeInto(`${text}\n`, bytes.subarray(length)).written;
      lines.push(text);
      if (row !== undefined) answers.push(filled(row, values));
    }
  }
  return {
    name: `${kind}, ${sharedData === undefined ? 'made-up' : 'real'} records`,
    dialect: kind,
    bytes: bytes.subarray(0, length),
    texts: [...lines, ...answers, ...lines.flatMap((line) => embedded(kind, line))],
    ...(answers.length === 0 ? {} : { answers: `[${answers.join(',')}]` }),
  };
}

type Row = { readonly [key: string]: unknown };
type ChatMessage = { readonly content?: string | null; readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[] };

function real(kind: ScaledKind, data: string): Original[] {
  const read = (path: string): string => readFileSync(`${data}/${path}`, 'utf8');
  // Test data in the layouts that FORMATS.md of the data states.
  const elements = (path: string): Row[] => JSON.parse(read(path)) as Row[];
  const lines = (path: string): string[] => read(path).split('\n').filter((line) => line.trim() !== '');
  switch (kind) {
    case 'toolrl':
      return elements('toolrl/rlla_sft.json').map(instructionRow);
    case 'looptool':
      return elements('derived_formats/looptool.json').map(instructionRow);
    case 'openai-chat':
      return lines('derived_formats/openai_finetune.jsonl').map(chatRow);
    case 'bfcl': {
      const byId = new Map(lines('bfcl/possible_answer/BFCL_v4_live_multiple.json').map((line) => [(JSON.parse(line) as { readonly id: string }).id, line]));
      return lines('bfcl/BFCL_v4_live_multiple.json').flatMap((line) => {
        const row = JSON.parse(line) as { readonly id: string; readonly question: unknown; readonly function: unknown };
        const answers = byId.get(row.id);
        const marked = (text: string): string => text.replace(`"id": "${row.id}"`, `"id": "${row.id}-${idMark}"`);
        return answers === undefined ? [] : [{ line: marked(line), answers: marked(answers), fixed: JSON.stringify(row.function), said: JSON.stringify(row.question), label: answers }];
      });
    }
  }
}

function instructionRow(row: Row): Original {
  return { line: JSON.stringify(row), fixed: String(row['instruction']), said: String(row['input']), label: String(row['output']) };
}

function chatRow(line: string): Original {
  const { messages, tools } = JSON.parse(line) as { readonly messages: readonly (ChatMessage & { readonly role: string })[]; readonly tools: unknown };
  const isUser = ({ role }: { readonly role: string }): boolean => role === 'user';
  return { line, fixed: JSON.stringify(tools), said: messages.filter(isUser).map(({ content }) => content).join('\n'), label: JSON.stringify(messages.filter((message) => !isUser(message))) };
}

function madeUp(kind: ScaledKind): Original[] {
  return Array.from({ length: 50 }, (_, i) => {
    const tools = [weatherTool, { ...weatherTool, name: `other_${i}` }];
    const args = { city: 'Hamburg', days: 123 };
    const said = `What is the weather in Hamburg for ${args.days} days, asks Number ${i}?`;
    if (kind === 'openai-chat') return chatRow(JSON.stringify({ messages: [{ role: 'user', content: said }, { role: 'assistant', tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: JSON.stringify(args) } }] }], tools: tools.map((tool) => ({ type: 'function', function: tool })) }));
    if (kind === 'bfcl') {
      const id = `made_up_${i}-${idMark}`;
      return { line: JSON.stringify({ id, question: [[{ role: 'user', content: said }]], function: tools }), answers: JSON.stringify({ id, ground_truth: [{ get_weather: { city: ['Hamburg'], days: [123] } }] }), fixed: JSON.stringify(tools), said, label: 'Hamburg 123' };
    }
    if (kind === 'looptool') return instructionRow(JSON.parse(looptoolRow(tools, callBlock('get_weather', args), said)) as Row);
    const numbered = tools.map((tool, at) => `${at + 1}. Name: ${tool.name}\nDescription: ${tool.description}\nParameters: ${JSON.stringify(tool.parameters.properties)}`).join('\n');
    return instructionRow({ instruction: `**Available Tools**\nIn your response, you can use the following tools:\n${numbered}\n\n**Output Format**\n`, input: `**Dialogue Records History**\n<user> ${said} </user>`, output: `<think> A call. </think>\n${callBlock('get_weather', args).replace('"arguments"', '"parameters"')}` });
  });
}

const idMark = 'CopyMark';
const mostWords = 8;
const layout = new Set(['Dialogue', 'Records', 'History', 'January', 'February', 'March', 'April', 'June', 'July', 'August', 'September', 'October', 'November', 'December', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday', 'Today', 'Name', 'True', 'False']);

/** Names and numbers that are said and that no tool speaks of, where the label writes them as the request does; parts of dates, times and fractions stay. */
function varying({ fixed, said, label, answers }: Original): readonly string[] {
  const found = new Set(said.match(/(?<![A-Za-z0-9_.,:/-])(?:[A-Z][a-z]{3,11}|[1-9]\d{2,6})(?![A-Za-z0-9_:/-]|[.,]\d)/g));
  const everything = `${said}\n${label}`;
  // `EUR` stands for Euros, and would stand for nothing.
  const codes = new Set((label.match(/(?<![A-Za-z])[A-Z]{2,4}(?![A-Za-z])/g) ?? []).map((code) => code.charAt(0)));
  const words = [...found].filter((word) => !fixed.includes(word) && !codes.has(word.charAt(0)) && !layout.has(word) && !/^(?:19|20)\d\d$/.test(word) && (everything.match(new RegExp(word, 'gi')) ?? []).length === (everything.match(standsAlone([word])) ?? []).length);
  return [...(answers === undefined ? [] : [idMark]), ...words.slice(0, mostWords)];
}

function standsAlone(words: readonly string[]): RegExp {
  return new RegExp(`(?<=[^A-Za-z0-9]|\\\\[nrt]|^)(?:${words.join('|')})(?![A-Za-z0-9])`, 'g');
}

/** Words that stand alone, also behind the escape of a line break. */
function template(text: string, words: readonly string[]): Template {
  if (words.length === 0) return { pieces: [text], slots: [] };
  const pieces: string[] = [];
  const slots: number[] = [];
  let at = 0;
  for (const match of text.matchAll(standsAlone(words))) {
    pieces.push(text.slice(at, match.index));
    slots.push(words.indexOf(match[0]));
    at = match.index + match[0].length;
  }
  return { pieces: [...pieces, text.slice(at)], slots };
}

function filled({ pieces, slots }: Template, values: readonly string[]): string {
  let text = '';
  slots.forEach((slot, index) => (text += `${pieces[index] ?? ''}${values[slot] ?? ''}`));
  return text + (pieces.at(-1) ?? '');
}

const syllables = ['ba', 'do', 'ke', 'li', 'mu', 'na', 'po', 're', 'si', 'tu', 'va', 'wo', 'xe', 'yi', 'zu', 'ga'];

/** A name or a number in the place of another, by the number of the copy. */
function another(word: string, copy: number, slot: number): string {
  const hash = Math.imul(copy * 8 + slot + 1, 0x9e3779b1) >>> 0;
  if (/^\d/.test(word)) return word.charAt(0) + String(hash).padStart(9, '0').slice(-(word.length - 1));
  const name = [28, 24, 20, 16].map((shift) => syllables[(hash >>> shift) & 15] ?? '').join('');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** JSON texts within the strings of a record: tools, parameters, bodies and arguments of calls. */
function embedded(kind: ScaledKind, line: string): readonly string[] {
  if (kind === 'bfcl') return [];
  if (kind === 'openai-chat') return (JSON.parse(line) as { readonly messages: readonly ChatMessage[] }).messages.flatMap(({ tool_calls: calls }) => calls?.map((call) => call.function.arguments) ?? []);
  const { instruction, input, output } = JSON.parse(line) as { readonly instruction: string; readonly input: string; readonly output: string };
  const tools = instruction.split('\n').map((one) => (one.startsWith('Parameters: ') ? one.slice('Parameters: '.length) : one));
  return [...tools, ...input.split('\n'), ...output.split('\n')].filter(isObjectText);
}

function isObjectText(text: string): boolean {
  if (!text.startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
