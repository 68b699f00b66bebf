import type { CodeAction } from 'vscode-languageserver/node';
import type { RecordSample } from '../../core/dataset/dialect.ts';
import type { Label } from '../../core/dataset/sample.ts';
import { labelTextEdits } from '../../core/rules/recordFixes.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import type { ServerContext } from '../feature.ts';
import type { Draft } from './draft.ts';
import { recordEdit } from './editorEdits.ts';
import type { LabelSources } from './labelSources.ts';

/** Where a label is put in the place of another. */
export type LabelPlace = { readonly server: ServerContext; readonly dataset: OpenDataset; readonly record: RecordView; readonly read: RecordSample; readonly sources: LabelSources };

/** Gives a sample another label, which is known to come from `source`; undefined where the record cannot hold it, or holds it. */
export function labelDraft({ server, dataset, record, read, sources }: LabelPlace, action: CodeAction, label: Label, source: string): Draft | undefined {
  const edits = labelTextEdits(record, read, label);
  if (edits === undefined || edits.length === 0) return undefined;
  return {
    action,
    make: () => {
      sources.remember(record, edits, source);
      return recordEdit(server.client, dataset, record, edits);
    },
  };
}
