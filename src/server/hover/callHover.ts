import type { RecordSample } from '../../core/dataset/dialect.ts';
import type { ToolDefinition } from '../../core/dataset/sample.ts';
import { stringifySpaced } from '../../core/json/stringify.ts';
import type { JsonValue } from '../../core/json/value.ts';
import type { LabelViolation } from '../../core/rules/labelViolations.ts';
import { SampleContext } from '../../core/rules/sampleContext.ts';
import { valueHit } from '../../core/rules/valueHit.ts';
import { toolArguments, type ArgumentFacts } from '../../core/schema/argumentFacts.ts';
import { typeName } from '../../core/schema/signature.ts';
import { codeCell, codeSpan, plainText } from '../../core/text/markdown.ts';
import type { RecordView } from '../dataset/recordView.ts';
import type { SampleResult } from '../sampleResults.ts';

const mostRows = 40;
const mostMembers = 12;

/** What is wrong with the calls of a sample's label, by its schemas. */
export function violationsOf(record: RecordView, sample: RecordSample): readonly LabelViolation[] {
  return new SampleContext(sample, record.value ?? null, record.dialect.id, 0).violations;
}

/** A table of the arguments of a call, each with its value, its schema and what is to be said of it; required ones that are missing too. */
export function callTable(record: RecordView, sample: RecordSample, call: number, tool: ToolDefinition | undefined, result: SampleResult | undefined): readonly string[] {
  const { label } = sample.sample;
  if (label.kind !== 'calls') return [];
  const args = (label.possible?.[call] ?? label.calls[call])?.arguments ?? {};
  const violations = violationsOf(record, sample).filter((one) => one.call === call);
  const facts = tool === undefined ? new Map<string, ArgumentFacts>() : toolArguments(tool);
  const missing = violations.filter(({ kind, path }) => kind === 'missing' && path.length === 1).map(({ path }) => String(path[0]));
  const names = [...Object.keys(args), ...missing.filter((name) => !Object.hasOwn(args, name))];
  const rows = names.slice(0, mostRows).map((name) => {
    const value = Object.hasOwn(args, name) ? valueCell(args[name] ?? null) : '—';
    const own = facts.get(name);
    return `| ${codeCell(name, 60)} | ${value} | ${own === undefined ? (tool === undefined ? '' : 'not declared') : schemaCell(own)} | ${verdictCell(name, violations, result, sample, call)} |`;
  });
  const unknown = violations.find(({ kind }) => kind === 'unknown-tool');
  const table = rows.length === 0 ? (tool === undefined || facts.size > 0 ? 'No arguments' : 'Takes no arguments') : ['| argument | value | schema | verdict |', '|---|---|---|---|', ...rows].join('\n');
  return [...(unknown === undefined ? [] : [`✗ ${plainText(unknown.message)}`]), table, ...(names.length > mostRows ? [`… ${names.length - mostRows} more arguments`] : [])];
}

function valueCell(value: JsonValue): string {
  return codeCell(stringifySpaced(value), 160);
}

function schemaCell(facts: ArgumentFacts): string {
  const { values, required } = facts;
  const listed = values === undefined ? '' : ` of ${codeCell(values.slice(0, mostMembers).map((value) => stringifySpaced(value)).join(', ') + (values.length > mostMembers ? ` … ${values.length - mostMembers} more` : ''))}`;
  return `${codeCell(typeName(facts), 60)}${listed}${required ? ', required' : ''}`;
}

function verdictCell(name: string, violations: readonly LabelViolation[], result: SampleResult | undefined, sample: RecordSample, call: number): string {
  const messages = violations.filter(({ path }) => path[0] === name).map((violation) => `✗ ${messageOf(violation)}`);
  const probe = result?.probe;
  const differences = probe?.labelHash === sample.sample.labelHash ? (probe.comparison?.differences ?? []).filter(({ path }) => path[0] === call && path[1] === name) : [];
  const policy = differences.map(({ message }) => `the policy differs: ${cellText(message)}`);
  return [...(messages.length === 0 ? ['ok'] : messages), ...policy].slice(0, 5).join('; ');
}

function cellText(text: string): string {
  return plainText(text, 300);
}

function messageOf(violation: LabelViolation): string {
  return cellText(violation.kind === 'missing' || violation.kind === 'unknown' ? violation.message : valueHit(violation).message);
}

/** What is said of one argument, or of a part of it. */
export function argumentVerdict(record: RecordView, sample: RecordSample, call: number, path: readonly (string | number)[]): string {
  const found = violationsOf(record, sample).filter((one) => one.call === call && one.path.length >= path.length && path.every((step, index) => one.path[index] === step));
  return found.slice(0, 5).map((violation) => `✗ ${messageOf(violation)}`).join('\n\n');
}

/** A tool's or an argument's name as code. */
export function nameCode(name: string): string {
  return codeSpan(name, 100);
}
