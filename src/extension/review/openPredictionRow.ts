import { Position, Range, Selection, TextEditorRevealType, window, workspace } from 'vscode';
import { placeOfSample } from '../../app/samplePlace.ts';
import type { Occurrence } from '../../core/dataset/sample.ts';
import { companionsOf } from '../../node/datasetFiles.ts';

/** Opens a file outside of a project at a sample: at its label where the file is a dataset, else at the line of its record. */
export async function openPredictionRow(file: string, occurrence: Occurrence, sampleId: string): Promise<void> {
  const document = await workspace.openTextDocument(file);
  const text = document.getText();
  const companions = await companionsOf(file, text, {});
  const place = placeOfSample(text, { file, dialect: undefined, steps: 'all', companions }, sampleId, occurrence.record);
  const line = Math.min(occurrence.record, document.lineCount - 1);
  const range = place === undefined ? new Range(new Position(line, 0), new Position(line, 0)) : new Range(document.positionAt(place.start), document.positionAt(place.end));
  const editor = await window.showTextDocument(document, { preview: true });
  editor.selection = new Selection(range.start, range.start);
  editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
}
