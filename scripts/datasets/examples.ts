import type { Label, Message, Sample } from '../../src/core/dataset/sample.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import { isJsonObject, type JsonValue } from '../../src/core/json/value.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import type { PlacedFinding } from '../../src/app/datasets/fileChecker.ts';
import { seenRecords, type RunDataset, type RunFile, type SeenRecord } from './run.ts';
import type { Verdict } from './verdicts.ts';

/** The order in which examples are drawn. It depends on the finding alone, so that a rule that finds less keeps its sample. */
const seed = 'looptool-datasets-1';
const mostRequest = 520;
const mostTool = 600;

type Example = { readonly dataset: string; readonly file: RunFile; readonly finding: PlacedFinding };

/** Prints up to `most` findings of each rule and dataset that nobody has judged yet, with what is needed to judge them. */
export async function printExamples(datasets: readonly RunDataset[], verdicts: readonly Verdict[], { most, rule, dataset }: { readonly most: number; readonly rule: string | undefined; readonly dataset: string | undefined }): Promise<void> {
  const judged = new Set(verdicts.map((verdict) => `${verdict.dataset}\n${verdict.print}`));
  const groups = new Map<string, Example[]>();
  for (const { name, files } of datasets) {
    if (dataset !== undefined && name !== dataset) continue;
    for (const file of files) {
      for (const finding of file.findings) {
        if (rule !== undefined && finding.rule !== rule) continue;
        const key = `${finding.rule}\n${name}`;
        groups.set(key, [...(groups.get(key) ?? []), { dataset: name, file, finding }]);
      }
    }
  }
  const read = new Map<RunFile, readonly SeenRecord[]>();
  for (const key of [...groups.keys()].toSorted()) {
    const drawn = (groups.get(key) ?? []).toSorted((a, b) => order(a).localeCompare(order(b))).slice(0, most);
    for (const example of drawn) {
      if (judged.has(`${example.dataset}\n${example.finding.print}`)) continue;
      const records = read.get(example.file) ?? (await seenRecords(example.file, example.file.part));
      read.set(example.file, records);
      printExample(example, records.find(({ record }) => record === example.finding.record));
    }
  }
}

function order({ finding }: Example): string {
  return sha256Hex(`${seed} ${finding.print}`);
}

function printExample({ dataset, file, finding }: Example, seen: SeenRecord | undefined): void {
  console.log(`\n## ${finding.rule} ${finding.severity} ${dataset}/${file.path} record ${finding.record} ${finding.print}`);
  console.log(finding.message);
  const sample = seen?.read?.reading.samples.find((one) => one.sample.id === finding.sampleId)?.sample;
  if (sample !== undefined) printSample(sample);
  else if (seen !== undefined) console.log(cut(seen.text, mostRequest));
}

function printSample({ messages, label, tools }: Sample): void {
  for (const message of messages.filter(({ role }) => role !== 'system').slice(-3)) console.log(`  ${message.role}: ${cut(messageText(message), mostRequest)}`);
  console.log(`  LABEL ${label.kind}: ${cut(labelText(label), mostRequest)}`);
  const called = label.kind === 'calls' ? new Set(label.calls.map(({ name }) => name)) : new Set<string>();
  console.log(`  tools: ${cut(tools.map(({ name }) => name).join(', '), 300)}`);
  for (const tool of tools) if (called.has(tool.name)) console.log(`  TOOL ${cut(`${tool.name}: ${tool.description ?? ''} ${stringifyJson(shortened(tool.parameters ?? null))} ${stringifyJson(tool.extras ?? null)}`, mostTool)}`);
}

function messageText(message: Message): string {
  return message.role === 'assistant' && message.calls.length > 0 ? `${message.content} CALLS ${stringifyJson(message.calls)}` : message.content; // Calls are JSON.
}

function labelText(label: Label): string {
  switch (label.kind) {
    case 'calls':
      return stringifyJson(label.possible ?? label.calls); // Calls are JSON.
    case 'text':
      return label.text;
    case 'invalid':
      return `${label.reason}: ${label.raw}`;
    case 'trace':
      return stringifyJson(label.trace);
    case 'noCall':
    case 'anyCall':
      return '';
  }
}

/** Long descriptions cut, so that the schema fits a screen. */
function shortened(value: JsonValue): JsonValue {
  if (typeof value === 'string') return cut(value, 110);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).slice(0, 12).map(shortened);
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member)])) : value;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length})`;
}
