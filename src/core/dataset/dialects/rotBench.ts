import { listMember, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { nodeValue, parseTree } from '../../json/tree.ts';
import type { JsonValue } from '../../json/value.ts';
import { extractPrediction } from '../../toolcall/extract.ts';
import { findTextCalls } from '../../toolcall/textCalls.ts';
import type { CallPlace, Dialect, RecordReading } from '../dialect.ts';
import { callsLabel, refusal, singleSample } from '../reading/singleSample.ts';
import { readToolBlock, rememberedBlock, type ToolBlock } from '../reading/toolBlock.ts';
import type { Label, Message, ToolCall } from '../sample.ts';

/** RoTBench: system, user, and as the last turn a list of accepted steps in ReAct's form (`Action:`, `Action Input:`). */
export const dialect: Dialect = { id: 'rotbench', name: 'RoTBench conversations', detect, read };

const reading = { emptyArguments: 'lenient', react: true } as const;

function detect(record: JsonValue): number {
  const last = listMember(record, 'conversations')?.at(-1);
  const value = listMember(last, 'value');
  return value !== undefined && value.length > 0 && value.every((step) => typeof step === 'string' && step.includes('Action:')) ? 1 : 0;
}

function read(record: JsonValue): RecordReading {
  const turns = listMember(record, 'conversations');
  const steps = listMember(turns?.at(-1), 'value');
  if (turns === undefined || steps === undefined) return refusal({ path: [], message: 'a RoTBench conversation ends with a list of accepted steps' });
  const last = turns.length - 1;
  const messages: Message[] = [];
  let tools: ToolBlock = { tools: [], paths: [] };
  let toolsPath: SourcePath = [];
  for (const [index, turn] of turns.slice(0, -1).entries()) {
    const role = textMember(turn, 'from');
    const value = textMember(turn, 'value');
    const path: SourcePath = ['conversations', index, 'value'];
    if (value === undefined) return refusal({ path: ['conversations', index], message: 'a turn has no text' });
    if (role === 'system') {
      const block = readSystemTools(value);
      if (block.tools.problem !== undefined) return refusal({ path: [...path, ...block.tools.problem.path], message: block.tools.problem.message });
      tools = block.tools;
      toolsPath = path;
      messages.push({ role, content: block.rest });
    } else if (role === 'user') messages.push({ role, content: value });
    else if (role === 'assistant') messages.push(assistantMessage(value));
    else return refusal({ path: ['conversations', index], message: `the speaker ${JSON.stringify(role ?? null)} is not known` });
  }
  const path: SourcePath = ['conversations', last, 'value'];
  return singleSample({
    tools: tools.tools,
    messages,
    label: labelOf(steps),
    places: () => ({
      tools: tools.paths.map((one) => [...toolsPath, ...one]),
      messages: messages.map((_message, index) => ['conversations', index]),
      label: path,
      calls: typeof steps[0] === 'string' ? callPlaces([...path, 0], steps[0]) : [],
    }),
  });
}

function assistantMessage(text: string): Message {
  const answer = extractPrediction(text, reading);
  return answer.kind === 'CALL' ? { role: 'assistant', content: answer.text, calls: answer.calls } : { role: 'assistant', content: text, calls: [] };
}

function callPlaces(path: SourcePath, text: string): readonly CallPlace[] {
  return findTextCalls(text, { react: true }).calls.map((call) => ({
    call: [...path, { from: call.start, to: call.end }],
    name: [...path, { from: call.name.start, to: call.name.end }],
    arguments: call.arguments?.kind === 'object' ? [...path, { json: call.arguments.start }] : undefined,
  }));
}

/** The list of tools behind the first `[{` of the prompt; the message keeps what stands around it. */
function readSystemTools(text: string): { readonly tools: ToolBlock; readonly rest: string } {
  const start = text.indexOf('[{');
  const parsed = start < 0 ? undefined : parseTree(text, { offset: start });
  if (parsed?.ok !== true) return { tools: { tools: [], paths: [] }, rest: text };
  const tools = rememberedBlock(`rotbench ${start} `, text.slice(start, parsed.node.end), () => {
    const block = readToolBlock(nodeValue(parsed.node));
    const within = (path: SourcePath): SourcePath => [{ json: start }, ...path];
    return { tools: block.tools, paths: block.paths.map(within), ...(block.problem === undefined ? {} : { problem: { path: within(block.problem.path), message: block.problem.message } }) };
  });
  return { tools, rest: text.slice(0, start) + text.slice(parsed.node.end) };
}

function labelOf(steps: readonly JsonValue[]): Label {
  const lists: (readonly ToolCall[])[] = [];
  for (const step of steps) {
    const answer = typeof step === 'string' ? extractPrediction(step, reading) : undefined;
    if (answer?.kind !== 'CALL') return { kind: 'invalid', raw: stringifyJson(steps), reason: answer?.warnings[0] ?? 'an accepted step is no call' };
    lists.push(answer.calls);
  }
  const [first = [], ...alternatives] = lists;
  return steps.length === 0 ? { kind: 'invalid', raw: '[]', reason: 'there is no accepted step' } : callsLabel(first, alternatives);
}
