import { textMember } from '../../json/member.ts';
import { parseJson } from '../../json/parse.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import type { SourcePath } from '../../json/path.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { noCompanions } from '../companions.ts';
import type { Dialect, ReadOptions, RecordProblem, RecordReading, RecordSample } from '../dialect.ts';
import { makeSample } from '../identity.ts';
import { answerLabel, readAnswerText, writeCallBlocks } from '../reading/answerText.ts';
import { readChatml, writeChatml } from '../reading/chatml.ts';
import { annotatedLabel, asJson, extrasKey, readExtras, type RecordExtras } from '../reading/recordExtras.ts';
import { brokenCallPlace, textCallPlaces } from '../reading/textCallPlaces.ts';
import { labelText, relabelText } from '../reading/textRows.ts';
import { rememberedTools, type ToolBlock } from '../reading/toolBlock.ts';
import { readToolText } from '../reading/toolText.ts';
import { filledInstruction, findToolBlock, instructionText, withToolBlock } from '../reading/toolInstruction.ts';
import type { Message, Sample } from '../sample.ts';

/** Rows of LoopTool-23k and of the later stages of the published code: three strings (spec 2.5 d to h). */
export const dialect: Dialect = { id: 'looptool', name: 'LoopTool rows', detect, read, write, relabel: relabelText(writeCallBlocks) };

function detect(record: JsonValue): number {
  const fields = rowFields(record);
  if (fields === undefined) return 0;
  const block = findToolBlock(fields.instruction);
  // An empty block may be one that another dialect's system text speaks of.
  if (block !== undefined) return block.bodyStart < block.bodyEnd ? 1 : 0.9;
  return fields.input.includes('<tool_call>') || fields.output.includes('<tool_call>') ? 0.7 : 0.3;
}

type RowFields = { readonly instruction: string; readonly input: string; readonly output: string };

function rowFields(record: JsonValue): RowFields | undefined {
  const instruction = textMember(record, 'instruction');
  const input = textMember(record, 'input');
  const output = textMember(record, 'output');
  return instruction === undefined || input === undefined || output === undefined ? undefined : { instruction, input, output };
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const fields = rowFields(record);
  if (fields === undefined) return refusal({ path: [], message: 'a LoopTool row needs the strings instruction, input and output' });
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return refusal(problem);
  const instruction = readInstruction(fields.instruction);
  if (instruction.tools.problem !== undefined) return refusal({ ...instruction.tools.problem, path: ['instruction', ...instruction.tools.problem.path] });
  const answer = readAnswerText(fields.output);
  const label = annotatedLabel(answerLabel(answer, fields.output), fields.output, extras.label);
  if (steps === 'calls' && label.kind === 'text') return { samples: [], problems: [] };
  const context = readContext(fields, instruction, extras);
  const sample = makeSample({ tools: instruction.tools.tools, messages: context.messages, label, family: extras.family });
  const places = (): ReturnType<RecordSample['places']> => ({
    tools: instruction.tools.paths.map((path) => ['instruction', ...path]),
    messages: context.paths,
    label: ['output'],
    calls: label.kind === 'calls' ? textCallPlaces(['output'], fields.output) : [],
    ...(label.kind === 'invalid' ? { broken: brokenCallPlace(['output'], fields.output) } : {}),
  });
  const prose = label.kind === 'calls' && answer.prose !== '' ? { prose: answer.prose } : {};
  return { samples: [{ sample, step: 0, places, ...prose }], problems: [] };
}

function refusal(problem: RecordProblem): RecordReading {
  return { samples: [], problems: [problem] };
}

type Instruction = { readonly system: string; readonly tools: ToolBlock };

/** Cuts the tool lines out of the instruction; what is left, tags kept, is the system message. Paths of tools lead from the instruction. */
const readInstruction = rememberedTools((text: string): Instruction => {
  const block = findToolBlock(text);
  if (block === undefined) return { system: text, tools: { tools: [], paths: [] } };
  const { bodyStart, bodyEnd } = block;
  const tools = readToolText(text, { start: bodyStart, end: bodyEnd });
  return { system: text.slice(0, bodyStart) + text.slice(bodyEnd), tools };
});

function readContext(fields: RowFields, instruction: Instruction, extras: RecordExtras): { messages: readonly Message[]; paths: readonly SourcePath[] } {
  const turns = readChatml(fields.input);
  const bare = extras.system !== undefined && withToolBlock(extras.system) === instruction.system;
  const system = bare ? (extras.system ?? '') : instruction.system;
  const head: readonly Message[] = system === '' ? [] : [{ role: 'system', content: system }];
  const messages = [...head, ...turns.map((turn) => turn.message)];
  const said = extras.messages;
  if (said !== undefined && writeChatml(withoutSystem(said)) === fields.input && instructionText(said).template === instruction.system) {
    return { messages: said, paths: said.map((message) => [message.role === 'system' ? 'instruction' : 'input']) };
  }
  const paths = turns.map(({ span }): SourcePath => ['input', { from: span.start, to: span.end }]);
  return { messages, paths: head.length === 0 ? paths : [['instruction'], ...paths] };
}

function withoutSystem(messages: readonly Message[]): readonly Message[] {
  return messages[0]?.role === 'system' ? messages.slice(1) : messages;
}

function write(sample: Sample): JsonObject {
  const { text: instruction, appendedTo } = filledInstruction(sample.messages, sample.tools);
  const row = {
    instruction,
    input: writeChatml(withoutSystem(sample.messages)),
    output: labelText(sample.label, writeCallBlocks),
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
  const parsed = parseJson(stringifySpaced(withExtras(row, extras)));
  return parsed.ok ? read(parsed.value, { steps: 'all', companions: noCompanions }).samples[0]?.sample : undefined;
}
