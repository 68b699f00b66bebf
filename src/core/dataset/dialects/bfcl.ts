import { isJsonArray, member, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { mergePossible } from '../../toolcall/mergePossible.ts';
import { parsePythonCalls } from '../../toolcall/pythonCalls.ts';
import type { Companions } from '../companions.ts';
import type { Dialect, ReadOptions, RecordProblem, RecordReading, RecordSample, SamplePlaces } from '../dialect.ts';
import { alignedCalls, listForms, memberForms } from '../reading/answerForms.ts';
import { companionRecord } from '../reading/companionIndex.ts';
import { readPossibleAnswers, type PossibleAnswers } from '../reading/possibleAnswers.ts';
import { isTurnList, readQuestion } from '../reading/questionTurns.ts';
import { readExtras } from '../reading/recordExtras.ts';
import { callsLabel, placesWithin, refusal, singleSample } from '../reading/singleSample.ts';
import { readToolBlock } from '../reading/toolBlock.ts';
import type { Label, ToolCall, ToolDefinition } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/**
 * Questions of the Berkeley Function-Calling Leaderboard, v1 (question a text, function an object or a list, no id) to v4.
 * Labels stand in the file with the possible answers, joined by id, or in the record's own `ground_truth`.
 */
export const dialect: Dialect = {
  id: 'bfcl',
  name: 'BFCL questions',
  companions: [{ role: 'answers', paths: ['possible_answer/{name}'] }],
  detect,
  read,
  answerEdits,
};

function detect(record: JsonValue): number {
  const functions = member(record, 'function');
  const question = member(record, 'question');
  if (question === undefined || functions === undefined || member(record, 'involved_classes') !== undefined) return 0;
  const first = isJsonArray(functions) ? functions[0] : functions;
  if (first === undefined || textMember(first, 'name') === undefined) return 0;
  if (typeof question === 'string') return /^\s*(user|system)\s*:/i.test(question) ? 0.3 : 0.8;
  return isTurnList(question) ? 1 : 0;
}

function read(record: JsonValue, options: ReadOptions): RecordReading {
  if (!isJsonObject(record)) return refusal({ path: [], message: 'a BFCL question has to be an object' });
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return refusal(problem);
  const functions = member(record, 'function');
  const single = functions !== undefined && isJsonObject(functions);
  const block = readToolBlock(single ? [functions] : functions);
  if (block.problem !== undefined) return refusal({ path: ['function', ...(single ? block.problem.path.slice(1) : block.problem.path)], message: block.problem.message });
  const question = readQuestion(member(record, 'question'), ['question']);
  if (question.problem !== undefined) return refusal(question.problem);
  const answer = readAnswer(record, block.tools, options);
  if ('message' in answer) return refusal(answer);
  const places = (): SamplePlaces => ({ tools: block.paths.map((path) => ['function', ...(single ? path.slice(1) : path)]), messages: question.paths, ...answer.places() });
  return singleSample({ tools: block.tools, messages: question.messages, label: answer.label, family: extras.family, places });
}

type Answer = { readonly label: Label; readonly places: () => Omit<SamplePlaces, 'tools' | 'messages'> };

const missingAnswers: RecordProblem = { path: [], message: 'the possible answers are missing: put them at possible_answer/<name>, or name them in looptool.json' };
const nowhere = { label: [], calls: [] };

function readAnswer(record: JsonObject, tools: readonly ToolDefinition[], { companions, index }: ReadOptions): Answer | RecordProblem {
  const own = member(record, 'ground_truth');
  if (own !== undefined) return placed(isJsonArray(own) && own.some((call) => typeof call === 'string') ? readPythonAnswers(own) : readPossibleAnswers(own, tools), ['ground_truth'], undefined);
  const id = textMember(record, 'id');
  if (id === undefined) return answerByNumber(tools, companions, index);
  const found = companionRecord(companions, 'answers', 'id', id);
  const groundTruth = member(found?.value, 'ground_truth');
  if (found !== undefined && groundTruth !== undefined) return placed(readPossibleAnswers(groundTruth, tools), ['ground_truth'], { file: found.file.path, record: found.record });
  const byId = labelOfCategory(id);
  if (byId !== undefined) return { label: byId, places: () => nowhere };
  if (found !== undefined) return { path: ['id'], message: `the possible answer ${JSON.stringify(id)} has no ground_truth` };
  if (companions.answers.length === 0) return missingAnswers;
  return { path: ['id'], message: `there is no possible answer for ${JSON.stringify(id)}` };
}

/** What the categories without possible answers expect. */
function labelOfCategory(id: string): Label | undefined {
  if (/^(live_)?irrelevance_/.test(id)) return { kind: 'noCall' };
  return /^(live_)?relevance_/.test(id) ? { kind: 'anyCall' } : undefined;
}

/** v1: neither questions nor answers have ids, the lines of both files go together. An answer is an object `{tool: arguments}`. */
function answerByNumber(tools: readonly ToolDefinition[], { answers }: Companions, index: number | undefined): Answer | RecordProblem {
  const [file] = answers;
  if (file === undefined) return missingAnswers;
  const value = index === undefined ? undefined : file.records[index];
  if (index === undefined || value === undefined || value === null) return { path: [], message: 'there is no possible answer for this question' };
  const read = readPossibleAnswers([value], tools, { numbered: true });
  // The one element of the list is the record itself.
  const inRecord = (path: SourcePath): SourcePath => path.slice(1);
  const own = { ...read, calls: () => read.calls().map((place) => ({ call: inRecord(place.call), name: inRecord(place.name), arguments: place.arguments && inRecord(place.arguments) })), broken: read.broken && inRecord(read.broken) };
  return placed(own, [], { file: file.path, record: index, numbered: true });
}

function* answerEdits(record: JsonValue, { sample, places }: RecordSample, label: Label): Generator<readonly StructureEdit[]> {
  const { label: base, calls, answers } = places();
  const old = sample.label.kind === 'calls' ? sample.label.possible : [];
  // Calls as Python writes them have no further values.
  if (old === undefined || (label.kind !== 'calls' && label.kind !== 'noCall') || (answers === undefined && base.length === 0)) return;
  const wanted = label.kind === 'noCall' ? [] : label.possible === undefined ? mergePossible(old, label.calls) : alignedCalls(old, label.possible);
  const written = { calls: old, places: calls };
  if (answers?.numbered === true) yield* memberForms(base, written, wanted, sample.tools);
  else yield* listForms(record, base, written, wanted);
}

/** Executable categories: calls as Python writes them, each a text. */
function readPythonAnswers(list: readonly JsonValue[]): PossibleAnswers {
  const calls: ToolCall[] = [];
  for (const [index, text] of list.entries()) {
    const read = typeof text === 'string' ? parsePythonCalls(text, { mode: 'lenient' }) : { ok: false as const, message: 'an answer is not a text' };
    if (!read.ok) return { label: { kind: 'invalid', raw: stringifyJson(list), reason: read.message }, calls: () => [], broken: [index] };
    calls.push(...read.calls);
  }
  return { label: callsLabel(calls), calls: () => list.map((_text, index) => ({ call: [index, { call: 0 }], name: [index, { call: 0 }, 'name'], arguments: [index, { call: 0 }, 'arguments'] })) };
}

function placed(read: PossibleAnswers, label: SourcePath, answers: SamplePlaces['answers']): Answer {
  const within = (path: SourcePath): SourcePath => [...label, ...path];
  return {
    label: read.label,
    places: () => ({
      label,
      calls: placesWithin(label, read.calls()),
      ...(read.broken === undefined ? {} : { broken: within(read.broken) }),
      answers,
    }),
  };
}
