import { parseJson } from '../json/parse.ts';
import { stringifyJson, stringifySpaced } from '../json/stringify.ts';
import { JsonNumber, type JsonValue } from '../json/value.ts';
import { toolArguments, type ArgumentFacts } from '../schema/argumentFacts.ts';
import { clippedText, visibleText } from '../text/visibleText.ts';
import type { RecordSample } from './dialect.ts';
import { goesOn } from './dialogue.ts';
import type { Label, Message, ToolCall, ToolDefinition } from './sample.ts';

/** What a line of the text shows, in terms of the sample with that index: `argument` paths start at the arguments of the call. */
export type ShownPart =
  | { readonly kind: 'record' }
  | { readonly kind: 'message'; readonly sample: number; readonly message: number }
  | { readonly kind: 'label'; readonly sample: number }
  | { readonly kind: 'call'; readonly sample: number; readonly call: number }
  | { readonly kind: 'argument'; readonly sample: number; readonly call: number; readonly path: readonly string[] }
  | { readonly kind: 'tool'; readonly sample: number; readonly tool: number };

/** Lines from `line` (0-based) up to the next mark show `part`. */
export type ConversationMark = { readonly line: number; readonly part: ShownPart };

export type Conversation = { readonly text: string; readonly marks: readonly ConversationMark[] };

/** What is said of a sample below its label; a line each. */
export type SampleNote = { readonly sample: number; readonly severity: string; readonly rule: string; readonly message: string };

export type ConversationInput = {
  /** First line: which record of what. */
  readonly title: string;
  readonly samples: readonly RecordSample[];
  readonly notes?: readonly SampleNote[];
};

/** A longer text is cut, with a word on how much is left out. */
const longestText = 100_000;

/**
 * A record as people read it: turns with their calls taken apart, labels marked, tools at the end. Texts of the data have a
 * bar before each line, so that none can pass for a heading, a call or a finding; what is invisible in them is written out.
 */
export function conversationText({ title, samples, notes = [] }: ConversationInput): Conversation {
  const page = new Page();
  page.mark({ kind: 'record' });
  page.line(visibleText(title));
  for (const dialogue of dialogues(samples)) writeDialogue(page, samples, dialogue, notes);
  if (samples.length === 0) page.line('  (no sample can be read from this record)');
  return page.finish();
}

class Page {
  private readonly lines: string[] = [];
  private readonly marks: ConversationMark[] = [];

  mark(part: ShownPart): void {
    this.marks.push({ line: this.lines.length, part });
  }

  line(text: string): void {
    this.lines.push(text);
  }

  /** Text of the data as it is, each line behind a bar. */
  quoted(indent: number, text: string): void {
    this.lined(`${' '.repeat(indent)}│ `, text);
  }

  /** What is laid out here, each line indented. */
  laidOut(indent: number, text: string): void {
    this.lined(' '.repeat(indent), text);
  }

  private lined(before: string, text: string): void {
    const { text: shown, hidden } = clippedText(text, longestText);
    for (const line of visibleText(shown).split(/\r\n|[\n\r\u2028\u2029]/)) this.lines.push((before + line).trimEnd());
    if (hidden > 0) this.lines.push(`${before}… ${hidden} more characters`);
  }

  finish(): Conversation {
    return { text: `${this.lines.join('\n')}\n`, marks: this.marks };
  }
}

/** Numbers of the samples that are steps of one dialogue, in order. */
function dialogues(samples: readonly RecordSample[]): readonly (readonly number[])[] {
  const found: number[][] = [];
  for (const [index, { sample }] of samples.entries()) {
    const before = found.at(-1)?.at(-1);
    const last = before === undefined ? undefined : samples[before]?.sample.messages;
    if (last !== undefined && last.length < sample.messages.length && goesOn(sample.messages, last)) found.at(-1)?.push(index);
    else found.push([index]);
  }
  return found;
}

function writeDialogue(page: Page, samples: readonly RecordSample[], steps: readonly number[], notes: readonly SampleNote[]): void {
  const last = steps.at(-1);
  const whole = last === undefined ? undefined : samples[last]?.sample;
  if (last === undefined || whole === undefined) return;
  const stepAt = new Map(steps.map((step) => [samples[step]?.sample.messages.length ?? -1, step]));
  const heading = (step: number): string => (steps.length === 1 ? 'label' : `label ${steps.indexOf(step) + 1} of ${steps.length}`);
  for (const [index, message] of whole.messages.entries()) {
    const step = message.role === 'assistant' ? stepAt.get(index) : undefined;
    page.line('');
    if (step === undefined) writeMessage(page, last, index, message);
    else writeLabel(page, samples, step, heading(step), notes);
  }
  page.line('');
  writeLabel(page, samples, last, heading(last), notes);
  if (whole.tools.length > 0) writeTools(page, last, whole.tools);
}

function writeMessage(page: Page, sample: number, index: number, message: Message): void {
  page.mark({ kind: 'message', sample, message: index });
  const name = message.role === 'tool' && message.name !== undefined ? ` · ${oneLine(message.name)}` : '';
  page.line(`${message.role}${name}`);
  if (message.content !== '' || message.role !== 'assistant') page.quoted(2, message.role === 'tool' ? prettyResult(message.content) : message.content);
  if (message.role === 'assistant') for (const call of message.calls) writeCall(page, call);
}

function writeLabel(page: Page, samples: readonly RecordSample[], step: number, heading: string, notes: readonly SampleNote[]): void {
  const read = samples[step];
  if (read === undefined) return;
  page.mark({ kind: 'label', sample: step });
  page.line(`assistant · ${heading}${kindOf(read.sample.label)}`);
  if (read.prose !== undefined && read.prose !== '') page.quoted(2, read.prose);
  writeAnswer(page, read.sample.label, step);
  const own = notes.filter((note) => note.sample === step);
  if (own.length > 0) page.mark({ kind: 'label', sample: step });
  for (const note of own) page.line(`  ! ${note.severity} ${note.rule}: ${oneLine(note.message)}`);
}

function kindOf(label: Label): string {
  switch (label.kind) {
    case 'calls':
    case 'text':
      return '';
    case 'noCall':
      return ': no call';
    case 'anyCall':
      return ': any call';
    case 'trace':
      return ': execution trace';
    case 'invalid':
      return ': cannot be read';
  }
}

function writeAnswer(page: Page, label: Label, sample: number): void {
  switch (label.kind) {
    case 'calls':
      for (const [index, call] of label.calls.entries()) writeCall(page, call, { sample, call: index, possible: label.possible?.[index] });
      for (const other of label.alternatives ?? []) {
        page.mark({ kind: 'label', sample });
        page.line('  or');
        for (const call of other) writeCall(page, call);
      }
      return;
    case 'text':
      page.quoted(2, label.text);
      return;
    case 'trace':
      page.quoted(2, stringifyJson(label.trace, 2));
      return;
    case 'invalid':
      page.quoted(2, label.raw);
      page.line(`  ! ${oneLine(label.reason)}`);
      return;
    case 'noCall':
    case 'anyCall':
      return;
  }
}

type OfLabel = { readonly sample: number; readonly call: number; readonly possible: ToolCall | undefined };

function writeCall(page: Page, call: ToolCall, of?: OfLabel): void {
  if (of !== undefined) page.mark({ kind: 'call', sample: of.sample, call: of.call });
  page.line(`  → ${oneLine(call.name)}`);
  for (const key of Object.keys(call.arguments)) {
    if (of !== undefined) page.mark({ kind: 'argument', sample: of.sample, call: of.call, path: [key] });
    writeMember(page, 6, key, call.arguments[key] ?? null, choicesOf(of?.possible, key));
  }
}

/** The values that count as right, where there are several. */
function choicesOf(possible: ToolCall | undefined, key: string): readonly JsonValue[] | undefined {
  const listed = possible !== undefined && Object.hasOwn(possible.arguments, key) ? possible.arguments[key] : undefined;
  return Array.isArray(listed) && listed.length > 1 ? (listed as readonly JsonValue[]) : undefined;
}

function writeMember(page: Page, indent: number, key: string, value: JsonValue, choices: readonly JsonValue[] | undefined): void {
  const name = oneLine(key);
  if (choices !== undefined) page.laidOut(indent, `${name}: ${choices.map((choice) => (choice === '' ? '(left out)' : stringifySpaced(choice))).join(' | ')}`);
  else if (typeof value === 'string' && /[\n\r]/.test(value)) {
    page.laidOut(indent, `${name}:`);
    page.quoted(indent + 2, value);
  } else page.laidOut(indent, `${name}: ${isNested(value) ? stringifyJson(value, 2) : stringifySpaced(value)}`);
}

/** Objects and lists that a line cannot hold. */
function isNested(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof JsonNumber) && stringifySpaced(value).length > 80;
}

function writeTools(page: Page, sample: number, tools: readonly ToolDefinition[]): void {
  page.line('');
  page.line(tools.length === 1 ? 'tools (1)' : `tools (${tools.length})`);
  for (const [index, tool] of tools.entries()) {
    page.mark({ kind: 'tool', sample, tool: index });
    const args = [...toolArguments(tool).values()];
    page.laidOut(2, `${oneLine(tool.name)}(${args.map(signaturePart).join(', ')})`);
    if (tool.description !== undefined && tool.description !== '') page.quoted(4, tool.description);
    for (const facts of args) page.laidOut(6, argumentLine(facts));
  }
}

function signaturePart({ name, types, required }: ArgumentFacts): string {
  return `${oneLine(name)}${required ? '' : '?'}: ${types.join('|') || 'any'}`;
}

function argumentLine({ name, types, required, description, hasDefault, default: standard, values }: ArgumentFacts): string {
  const facts = [types.join('|') || 'any', ...(required ? ['required'] : []), ...(hasDefault ? [`default ${stringifySpaced(standard ?? null)}`] : []), ...(values === undefined ? [] : [`one of ${values.map((value) => stringifySpaced(value)).join(', ')}`])];
  return `${oneLine(name)}: ${facts.join(', ')}${description === undefined || description === '' ? '' : ` · ${oneLine(description)}`}`;
}

function oneLine(text: string): string {
  return visibleText(text.replace(/[\s\u2028\u2029]+/g, ' '));
}

/** Results that are JSON objects or lists are laid out; all others stay as they are. */
function prettyResult(content: string): string {
  if (!/^\s*[[{]/.test(content)) return content;
  const parsed = parseJson(content);
  return parsed.ok ? stringifyJson(parsed.value, 2) : content;
}
