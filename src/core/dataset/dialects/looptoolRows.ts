import { StringMap, type Span } from '../../json/stringMap.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import { memberOf, parseTree, type JsonNode, type StringNode } from '../../json/tree.ts';
import type { JsonObject } from '../../json/value.ts';
import { makeSample } from '../identity.ts';
import type { Label, Message, Sample, ToolDefinition } from '../sample.ts';
import { callSpans, type LocatedCall, type SampleSpans, type TextEdit } from '../spans.ts';
import { locateTextCalls, readAnswerText, writeCallBlocks, type AnswerText } from './answerText.ts';
import { readChatml, writeChatml } from './chatml.ts';
import type { Dialect, RecordProblem, RecordReading, Steps } from './dialect.ts';
import { locateArguments } from './locateArguments.ts';
import { annotatedLabel, asJson, extrasKey, readExtras, type RecordExtras } from './recordExtras.ts';
import { readTool, writeTool } from './toolNode.ts';

/** Rows of LoopTool-23k and of the later stages of the published code: three strings (spec 2.5 d to h). */
export const looptoolRows: Dialect = { id: 'looptool', name: 'LoopTool rows', detect, read, write, locateCalls, replaceLabel };

const toolsOpen = '<tools>\n';
const toolsClose = '\n</tools>';
const emptyBlock = '<tools>\n</tools>';

/** The tool block of the Qwen chat template, for samples whose own system message has none. */
const standardBlock = `# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
${emptyBlock}

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>`;

function detect(record: JsonNode): number {
  const fields = rowFields(record);
  if (fields === undefined) return 0;
  if (fields.instruction.value.includes(toolsOpen)) return 1;
  return `${fields.input.value}${fields.output.value}`.includes('<tool_call>') ? 0.9 : 0.3;
}

type RowFields = { readonly instruction: StringNode; readonly input: StringNode; readonly output: StringNode };

function rowFields(record: JsonNode): RowFields | undefined {
  const instruction = memberOf(record, 'instruction')?.value;
  const input = memberOf(record, 'input')?.value;
  const output = memberOf(record, 'output')?.value;
  if (instruction?.kind !== 'string' || input?.kind !== 'string' || output?.kind !== 'string') return undefined;
  return { instruction, input, output };
}

function read(text: string, record: JsonNode, steps: Steps): RecordReading {
  const fields = rowFields(record);
  if (fields === undefined) return refusal({ offset: record.start, message: 'a LoopTool row needs the strings instruction, input and output' });
  const extras = readExtras(record);
  if ('message' in extras && 'offset' in extras) return refusal(extras as RecordProblem);
  const instruction = readInstruction(text, fields.instruction);
  if ('message' in instruction) return refusal(instruction);
  const context = readContext(text, fields, instruction, extras);
  const answer = readAnswerText(fields.output.value);
  const label = annotatedLabel(labelOf(answer, fields.output.value), fields.output.value, extras.label);
  if (steps === 'calls' && label.kind === 'text') return { samples: [], problems: [] };
  const sample = makeSample({ tools: instruction.tools, messages: context.messages, label, family: extras.family });
  const spans: SampleSpans = {
    record: spanOf(record),
    tools: instruction.toolSpans,
    messages: context.spans,
    label: spanOf(fields.output),
    calls: label.kind === 'calls' ? locatedCalls(text, fields.output).map(callSpans) : [],
  };
  return { samples: [{ sample, step: 0, spans }], problems: [] };
}

function refusal(problem: RecordProblem): RecordReading {
  return { samples: [], problems: [problem] };
}

function spanOf(node: JsonNode): Span {
  return { start: node.start, end: node.end };
}

type Instruction = { readonly system: string; readonly tools: readonly ToolDefinition[]; readonly toolSpans: readonly Span[] };

/** The lines of the last tool block: a system message may well speak of such blocks before. `bodyEnd` is where the closing tag starts. */
function findToolBlock(text: string): { readonly bodyStart: number; readonly bodyEnd: number } | undefined {
  for (let open = text.lastIndexOf(toolsOpen); open >= 0; open = open === 0 ? -1 : text.lastIndexOf(toolsOpen, open - 1)) {
    const bodyStart = open + toolsOpen.length;
    const close = text.indexOf(toolsClose, bodyStart - 1);
    if (close >= 0) return { bodyStart, bodyEnd: close + 1 };
  }
  return undefined;
}

/** Cuts the tool lines out of the instruction; what is left, tags kept, is the system message. */
function readInstruction(text: string, node: StringNode): Instruction | RecordProblem {
  const { value } = node;
  const block = findToolBlock(value);
  if (block === undefined) return { system: value, tools: [], toolSpans: [] };
  const { bodyStart, bodyEnd } = block;
  const map = new StringMap(text, node);
  const tools: ToolDefinition[] = [];
  const toolSpans: Span[] = [];
  for (let at = skipBlank(value, bodyStart); at < bodyEnd; ) {
    const parsed = parseTree(value, { offset: at });
    if (!parsed.ok) return { offset: map.toSource(parsed.offset), message: `a tool is not JSON: ${parsed.message}` };
    for (const item of parsed.node.kind === 'array' ? parsed.node.items : [parsed.node]) {
      const tool = readTool(item);
      if (!tool.ok) return { offset: map.toSource(tool.offset), message: tool.message };
      tools.push(tool.tool);
      toolSpans.push(map.spanToSource(item));
    }
    at = skipBlank(value, parsed.node.end);
  }
  return { system: value.slice(0, bodyStart) + value.slice(bodyEnd), tools, toolSpans };
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text.charAt(at))) at++;
  return at;
}

function readContext(text: string, fields: RowFields, instruction: Instruction, extras: RecordExtras): { messages: readonly Message[]; spans: readonly Span[] } {
  const map = new StringMap(text, fields.input);
  const turns = readChatml(fields.input.value);
  const bare = extras.system !== undefined && withToolBlock(extras.system) === instruction.system;
  const system = bare ? (extras.system ?? '') : instruction.system;
  const head: readonly Message[] = system === '' ? [] : [{ role: 'system', content: system }];
  const messages = [...head, ...turns.map((turn) => turn.message)];
  const said = extras.messages;
  if (said !== undefined && writeChatml(withoutSystem(said)) === fields.input.value && instructionText(said).template === instruction.system) {
    return { messages: said, spans: said.map((message) => spanOf(message.role === 'system' ? fields.instruction : fields.input)) };
  }
  const spans = turns.map((turn) => map.spanToSource(turn.span));
  return { messages, spans: head.length === 0 ? spans : [spanOf(fields.instruction), ...spans] };
}

function labelOf(answer: AnswerText, raw: string): Label {
  if (answer.problem !== undefined) return { kind: 'invalid', raw, reason: answer.problem };
  const [first, ...others] = answer.calls;
  if (first !== undefined) return { kind: 'calls', calls: [first, ...others] };
  return answer.prose === '' ? { kind: 'invalid', raw, reason: 'the answer is empty' } : { kind: 'text', text: answer.prose };
}

function locateCalls(text: string, spans: SampleSpans): readonly LocatedCall[] {
  const parsed = parseTree(text, { offset: spans.label.start });
  if (!parsed.ok || parsed.node.kind !== 'string') return [];
  return locatedCalls(text, parsed.node);
}

function locatedCalls(text: string, output: StringNode): readonly LocatedCall[] {
  const map = new StringMap(text, output);
  return locateTextCalls(output.value).map((call) => ({
    call: { node: call.node, map },
    name: { node: call.name, map },
    arguments: locateArguments(output.value, call.arguments, map),
  }));
}

function replaceLabel(text: string, spans: SampleSpans, label: Label): readonly TextEdit[] {
  const { start, end } = spans.label;
  const map = new StringMap(text, spans.label);
  return [{ start: start + 1, end: end - 1, newText: map.encode(outputText(label)) }];
}

function outputText(label: Label): string {
  switch (label.kind) {
    case 'calls':
      return writeCallBlocks(label.calls);
    case 'text':
      return label.text;
    case 'invalid':
      return label.raw;
    case 'noCall':
    case 'anyCall':
    case 'trace':
      return '';
  }
}

function withToolBlock(system: string | null): string {
  return system === null ? standardBlock : `${system}\n\n${standardBlock}`;
}

function withoutSystem(messages: readonly Message[]): readonly Message[] {
  return messages[0]?.role === 'system' ? messages.slice(1) : messages;
}

/** The instruction without its tool lines, and the system message when a block was put behind it. */
function instructionText(messages: readonly Message[]): { readonly template: string; readonly appendedTo?: string | null } {
  const system = messages[0]?.role === 'system' ? messages[0].content : null;
  const block = system === null ? undefined : findToolBlock(system);
  if (system !== null && block !== undefined && block.bodyStart === block.bodyEnd) return { template: system };
  return { template: withToolBlock(system), appendedTo: system };
}

function write(sample: Sample): JsonObject {
  const { template, appendedTo } = instructionText(sample.messages);
  const lines = sample.tools.map((tool) => `${stringifySpaced(writeTool(tool))}\n`).join('');
  const bodyStart = findToolBlock(template)?.bodyStart ?? template.length;
  const row = {
    instruction: template.slice(0, bodyStart) + lines + template.slice(bodyStart),
    input: writeChatml(withoutSystem(sample.messages)),
    output: outputText(sample.label),
  };
  const extras: { [key: string]: JsonObject[string] } = appendedTo === undefined ? {} : { system: appendedTo };
  const plain = readBack(row, extras);
  if (plain?.family !== sample.family) extras['family'] = sample.family;
  if (plain?.id !== sample.id) extras['messages'] = asJson(sample.messages);
  if (plain?.labelHash !== sample.labelHash) extras['label'] = asJson(sample.label);
  return withExtras(row, extras);
}

function withExtras(row: JsonObject, extras: JsonObject): JsonObject {
  return Object.keys(extras).length === 0 ? row : { ...row, [extrasKey]: extras };
}

function readBack(row: JsonObject, extras: JsonObject): Sample | undefined {
  const text = stringifySpaced(withExtras(row, extras));
  const parsed = parseTree(text);
  return parsed.ok ? read(text, parsed.node, 'all').samples[0]?.sample : undefined;
}
