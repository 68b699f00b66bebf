import type { RecordSample } from '../../core/dataset/dialect.ts';
import { labelHash } from '../../core/dataset/identity.ts';
import { labelEdits } from '../../core/dataset/labelEdit.ts';
import { labelDocumentText, labelJsonSchema, readLabelDocument } from '../../core/dataset/labelDocument.ts';
import { sampleSpans } from '../../core/dataset/spans.ts';
import { LoopToolError } from '../../core/errors.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import { openLabelMethod, openLabelParamsSchema, saveLabelMethod, saveLabelParamsSchema, type OpenLabelParams, type OpenLabelResult, type SaveLabelParams, type SaveLabelResult } from '../../protocol/lsp/labelDocument.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { targetAt } from '../dataset/targetAt.ts';
import type { Feature, ServerContext } from '../feature.ts';
import { rangeIn } from '../ranges.ts';

/** A label as a document of its own: opened as JSON with a schema, saved as the smallest edit of the dataset. */
export const labelDocument: Feature = {
  capabilities: {},
  register: (server) => {
    server.connection.onRequest<OpenLabelResult, unknown>(openLabelMethod, (params: unknown): OpenLabelResult => {
      const parsed = openLabelParamsSchema.safeParse(params);
      return parsed.success ? open(server, parsed.data) : { ok: false, message: 'This is no request for a label.' };
    });
    server.connection.onRequest<SaveLabelResult, unknown>(saveLabelMethod, (params: unknown): SaveLabelResult => {
      const parsed = saveLabelParamsSchema.safeParse(params);
      return parsed.success ? save(server, parsed.data) : { ok: false, message: 'This is no label to save.' };
    });
  },
};

const closed = 'This is no dataset that LoopTool knows. Open one in the editor, and put the cursor on a record.';

function open(server: ServerContext, { textDocument, at, step }: OpenLabelParams): OpenLabelResult {
  const dataset = server.dataset(textDocument.uri);
  if (dataset === undefined) return { ok: false, message: closed };
  const offset = typeof at === 'number' ? undefined : dataset.document.offsetAt(at);
  const record = typeof at === 'number' ? dataset.record(at) : dataset.recordAt(offset ?? 0);
  const target = record && targetAt(record, offset ?? record.base);
  if (record === undefined || target === undefined) return { ok: false, message: 'No record stands here. Put the cursor on one.' };
  const read = step === undefined ? ('sample' in target ? target.sample : record.samples[0]) : record.samples.find((sample) => sample.step === step);
  if (read === undefined) return { ok: false, message: 'No sample can be read from this record.' };
  const refused = refusal(record, read);
  if (refused !== undefined) return { ok: false, message: refused };
  const { sample } = read;
  return { ok: true, record: record.index, step: read.step, sampleId: sample.id, labelHash: sample.labelHash, text: labelDocumentText(sample.label), schema: stringifyJson(labelJsonSchema(sample.tools)) };
}

function refusal(record: RecordView, read: RecordSample): string | undefined {
  if (record.dialect.relabel === undefined) return `Labels of ${record.dialect.name} cannot be edited here. Edit the record itself.`;
  if (record.placesOf(read).answers !== undefined) return 'This label stands in the file with the possible answers. Edit it there.';
  return read.sample.label.kind === 'trace' ? 'An execution trace is no label that can be edited here. Edit the record itself.' : undefined;
}

function save(server: ServerContext, params: SaveLabelParams): SaveLabelResult {
  const dataset = server.dataset(params.textDocument.uri);
  if (dataset === undefined) return { ok: false, message: closed };
  const parsed = readLabelDocument(params.text);
  if (!parsed.ok) return { ok: false, message: parsed.message };
  const found = findSample(dataset, params);
  if (found === undefined) return { ok: false, message: 'The sample is no longer in the dataset, or its label changed since it was opened. Open the label again.' };
  const { record, read } = found;
  try {
    const start = typeof record.starts === 'number' ? record.starts : 0;
    const starts = typeof record.starts === 'number' ? {} : { starts: record.starts };
    const edits = labelEdits(record.text, { ...read, occurrence: { file: '', record: record.index, step: read.step }, start, ...starts, record: record.value ?? null, dialect: record.dialect.id, spans: sampleSpans(record.text, record.starts, record.placesOf(read)) }, parsed.label, record.companions);
    return { ok: true, version: dataset.document.version, labelHash: labelHash(parsed.label), edits: edits.map((edit) => ({ range: rangeIn(dataset, record.toDocument(edit)), newText: edit.newText })) };
  } catch (error) {
    if (error instanceof LoopToolError) return { ok: false, message: error.userMessage };
    throw error;
  }
}

/** How many records around its old place a sample is looked for in. */
const near = 200;

function findSample(dataset: OpenDataset, { record: index, sampleId, labelHash: hash }: SaveLabelParams): { readonly record: RecordView; readonly read: RecordSample } | undefined {
  for (let distance = 0; distance <= near; distance += 1) {
    for (const at of distance === 0 ? [index] : [index - distance, index + distance]) {
      const record = dataset.record(at);
      const read = record?.samples.find(({ sample }) => sample.id === sampleId && sample.labelHash === hash);
      if (record !== undefined && read !== undefined) return { record, read };
    }
  }
  return undefined;
}
