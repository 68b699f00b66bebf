import { openLabelMethod, openLabelResultSchema, saveLabelMethod, saveLabelResultSchema } from '../../../src/protocol/lsp/labelDocument.ts';
import type { TrialDocument } from './trial.ts';

/** The document's text with a mistake in the label of each record, a different one in turn; undefined where no label can be edited. */
export async function withBrokenLabels(document: TrialDocument): Promise<string | undefined> {
  const { connection } = document;
  const edits = [];
  for (const [turn, { index, samples }] of document.records.entries()) {
    const step = samples.findLast(({ sample }) => sample.label.kind === 'calls')?.step;
    if (step === undefined) continue;
    const opened = openLabelResultSchema.parse(await connection.sendRequest(openLabelMethod, { textDocument: document.id, at: index, step }));
    const text = opened.ok ? broken(opened.text, turn) : undefined;
    if (!opened.ok || text === undefined) continue;
    const { sampleId, labelHash, record } = opened;
    const saved = saveLabelResultSchema.parse(await connection.sendRequest(saveLabelMethod, { textDocument: document.id, sampleId, labelHash, record, step, text }));
    if (saved.ok) edits.push(...saved.edits);
  }
  return edits.length === 0 ? undefined : document.applied(edits);
}

type Call = { name: string; arguments: Record<string, unknown> };

const mistakes: readonly ((call: Call, key: string) => void)[] = [
  (call) => (call.name = `${call.name}s`),
  (call, key) => (call.arguments = Object.fromEntries(Object.entries(call.arguments).map(([name, value]) => [name === key ? `${name}_` : name, value]))),
  (call, key) => (call.arguments = Object.fromEntries(Object.entries(call.arguments).filter(([name]) => name !== key))),
  (call, key) => (call.arguments[key] = typeof call.arguments[key] === 'string' ? `"${call.arguments[key]}"` : JSON.stringify(call.arguments[key])),
];

function broken(text: string, turn: number): string | undefined {
  const label = JSON.parse(text) as { kind: string; calls?: Call[] }; // What the server wrote by its own schema.
  const [call] = label.calls ?? [];
  const [key] = Object.keys(call?.arguments ?? {});
  if (call === undefined || key === undefined) return undefined;
  mistakes[turn % mistakes.length]?.(call, key);
  return JSON.stringify(label);
}
