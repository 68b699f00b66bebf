import type { Position, Range } from 'vscode-languageserver/node';
import { conversationText, type Conversation, type SampleNote, type ShownPart } from '../../core/dataset/conversationText.ts';
import type { RecordSample } from '../../core/dataset/dialect.ts';
import type { SourcePath } from '../../core/json/path.ts';
import type { Span } from '../../core/json/stringMap.ts';
import { conversationMethod, conversationParamsSchema, type ConversationResult } from '../../protocol/lsp/conversation.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { targetAt, type Target } from '../dataset/targetAt.ts';
import type { Feature } from '../feature.ts';
import { rangeIn } from '../ranges.ts';

/** Shows a record as a conversation; read-only, the editor keeps it in step with the cursor. */
export const conversation: Feature = {
  capabilities: {},
  register: (server) => {
    server.connection.onRequest(conversationMethod, (params: unknown): ConversationResult => {
      const parsed = conversationParamsSchema.safeParse(params);
      const dataset = parsed.success ? server.dataset(parsed.data.textDocument.uri) : undefined;
      return parsed.success && dataset !== undefined ? conversationAt(dataset, parsed.data.position) : null;
    });
  },
};

function conversationAt(dataset: OpenDataset, position: Position): ConversationResult {
  const offset = dataset.document.offsetAt(position);
  const record = dataset.recordAt(offset);
  if (record === undefined) return null;
  const shown = conversationText({ title: titleOf(dataset, record), samples: record.samples, notes: notesOf(dataset, record) });
  const rangeOf = (part: ShownPart): Range | undefined => {
    const span = spanOf(record, part);
    return span && rangeIn(dataset, span);
  };
  return {
    record: record.index,
    text: shown.text,
    line: lineOf(shown, targetAt(record, offset), record.samples),
    marks: shown.marks.map(({ line, part }) => ({ line, range: rangeOf(part) })),
    labels: labelsOf(shown, record),
  };
}

function titleOf({ uri }: OpenDataset, { index, dialect, samples }: RecordView): string {
  const file = uri.slice(uri.lastIndexOf('/') + 1);
  return `${decoded(file)} · record ${index + 1} · ${dialect.name} · ${samples.length === 1 ? '1 sample' : `${samples.length} samples`}`;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The findings of the last check that belong to samples of the record. */
function notesOf(dataset: OpenDataset, record: RecordView): readonly SampleNote[] {
  const { start, end } = record.span;
  const own = (dataset.findings ?? []).filter(({ range }) => range.start >= start && range.end <= end);
  return own.map(({ sampleId, severity, rule, message }) => ({ sample: Math.max(0, record.samples.findIndex(({ sample }) => sample.id === sampleId)), severity, rule, message }));
}

function labelsOf({ marks }: Conversation, record: RecordView): { line: number; step: number; sampleId: string; editable: boolean }[] {
  const seen = new Set<number>();
  return marks.flatMap(({ line, part }) => {
    const read = part.kind === 'label' && !seen.has(part.sample) ? record.samples[part.sample] : undefined;
    if (part.kind !== 'label' || read === undefined) return [];
    seen.add(part.sample);
    return [{ line, step: read.step, sampleId: read.sample.id, editable: record.dialect.relabel !== undefined && record.placesOf(read).answers === undefined && read.sample.label.kind !== 'trace' }];
  });
}

function spanOf(record: RecordView, part: ShownPart): Span | undefined {
  if (part.kind === 'record') return record.span;
  const read = record.samples[part.sample];
  if (read === undefined) return undefined;
  const path = pathOf(record.placesOf(read), part);
  return path && record.locate(path);
}

function pathOf(places: ReturnType<RecordView['placesOf']>, part: Exclude<ShownPart, { kind: 'record' }>): SourcePath | undefined {
  // A label in a companion file has no place in the record.
  if (places.answers !== undefined && part.kind !== 'message' && part.kind !== 'tool') return undefined;
  switch (part.kind) {
    case 'message':
      return places.messages[part.message];
    case 'label':
      return places.label;
    case 'call':
      return places.calls[part.call]?.call;
    case 'argument': {
      const base = places.calls[part.call]?.arguments;
      return base && [...base, ...part.path];
    }
    case 'tool':
      return places.tools[part.tool];
  }
}

/** The line that shows the target: the last mark that fits best. */
function lineOf({ marks }: Conversation, target: Target, samples: readonly RecordSample[]): number {
  const rank = (part: ShownPart): number => {
    if (target.kind === 'record' || part.kind === 'record') return part.kind === target.kind ? 1 : 0;
    switch (target.kind) {
      case 'argument':
      case 'call':
      case 'callName':
        if (samples[part.sample] !== target.sample) return 0;
        if (part.kind === 'argument' && target.kind === 'argument' && part.call === target.call && part.path[0] === target.path[0]) return 4;
        if (part.kind === 'call' && part.call === target.call) return 3;
        return part.kind === 'label' ? 2 : 0;
      case 'label':
        return part.kind === 'label' && samples[part.sample] === target.sample ? 2 : 0;
      case 'message':
        return part.kind === 'message' && samples[part.sample]?.sample.messages[part.message] === target.sample.sample.messages[target.message] ? 2 : 0;
      case 'tool':
        return part.kind === 'tool' && part.tool === target.tool ? 2 : 0;
    }
  };
  let best = { rank: 0, line: 0 };
  for (const { line, part } of marks) {
    const own = rank(part);
    if (own > best.rank) best = { rank: own, line };
  }
  return best.line;
}
