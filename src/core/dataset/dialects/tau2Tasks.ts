import { listMember, member, objectMember, textMember } from '../../json/member.ts';
import { isJsonObject, type JsonValue } from '../../json/value.ts';
import type { Dialect, RecordReading } from '../dialect.ts';
import { refusal, singleSample } from '../reading/singleSample.ts';

/**
 * Tasks of tau2-bench: a user to be simulated and the actions that have to have happened in the end. They are traces; the
 * tools are code, and no part of the dataset.
 */
export const dialect: Dialect = { id: 'tau2', name: 'tau2-bench tasks', detect, read };

function detect(record: JsonValue): number {
  return objectMember(record, 'user_scenario') !== undefined && objectMember(record, 'evaluation_criteria') !== undefined ? 1 : 0;
}

function read(record: JsonValue): RecordReading {
  const scenario = objectMember(record, 'user_scenario');
  const criteria = objectMember(record, 'evaluation_criteria');
  if (scenario === undefined || criteria === undefined) return refusal({ path: [], message: 'a task needs the objects user_scenario and evaluation_criteria' });
  const path = ['user_scenario', 'instructions'];
  return singleSample({
    tools: [],
    messages: [{ role: 'user', content: instructionText(member(scenario, 'instructions') ?? null) }],
    label: { kind: 'trace', trace: listMember(criteria, 'actions') ?? [] },
    places: () => ({ tools: [], messages: [path], label: ['evaluation_criteria', 'actions'], calls: [] }),
    unheld: Object.keys(criteria).filter((key) => key !== 'actions'),
  });
}

/** The members that describe the user, one a line. */
function instructionText(instructions: JsonValue): string {
  if (typeof instructions === 'string') return instructions;
  if (!isJsonObject(instructions)) return '';
  return ['reason_for_call', 'known_info', 'unknown_info', 'task_instructions'].flatMap((key) => textMember(instructions, key) ?? []).join('\n');
}
