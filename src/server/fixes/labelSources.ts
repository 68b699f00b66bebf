import { applyEdits } from '../../core/dataset/labelEdit.ts';
import type { TextEdit } from '../../core/dataset/spans.ts';
import type { RecordView } from '../dataset/recordView.ts';

const mostRemembered = 20_000;

/**
 * Which fix gave a sample a label, for the decision that is written when the label is saved. Fixes that were offered and not
 * taken do no harm: what is saved has to be the label that the fix leads to.
 */
export class LabelSources {
  private readonly sources = new Map<string, string>();

  /** Edits are of the record's text. */
  remember(record: RecordView, edits: readonly TextEdit[], source: string): void {
    for (const { sample } of record.edited(applyEdits(record.text, edits)).samples) {
      if (record.samples.some((one) => one.sample.id === sample.id && one.sample.labelHash !== sample.labelHash)) this.put(sample.id, sample.labelHash, source);
    }
  }

  of(sampleId: string, labelHash: string): string | undefined {
    return this.sources.get(`${sampleId} ${labelHash}`);
  }

  private put(sampleId: string, labelHash: string, source: string): void {
    const key = `${sampleId} ${labelHash}`;
    this.sources.delete(key);
    this.sources.set(key, source);
    const [oldest] = this.sources.keys();
    if (this.sources.size > mostRemembered && oldest !== undefined) this.sources.delete(oldest);
  }
}
