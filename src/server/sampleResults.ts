import type { Label } from '../core/dataset/sample.ts';
import type { Judgement, ProbeEntry } from '../core/rounds/journalEntries.ts';
import { predictionToLabel } from '../core/toolcall/extract.ts';

/** What the loop knows of a sample, from the journals of its project. */
export type SampleResult = {
  readonly sampleId: string;
  /** The last probe, of whatever label the sample had then (`probe.labelHash`). */
  readonly probe: ProbeEntry | undefined;
  /** The last verdict, of whatever label the sample had then (`judgement.labelHash`). */
  readonly judgement: Judgement | undefined;
  /** Round of the probe and the verdict; undefined where they were asked for one by one, outside of a round. */
  readonly round: number | undefined;
  /** Rounds whose set holds the sample, ascending. */
  readonly rounds: readonly number[];
  /** The newest round whose review holds the sample. */
  readonly reviewRound: number | undefined;
};

/** The answer of the last probe as a label; undefined where there is none, or it is no label. */
export function answeredLabel(result: SampleResult | undefined): Label | undefined {
  const prediction = result?.probe?.prediction;
  return prediction && predictionToLabel(prediction);
}

export interface SampleResults {
  /**
   * Undefined for samples that were never probed and are in no round's set, and for documents outside of a project. Cheap: it
   * may be asked for each sample. Only outcome, perplexity, verdict, votes and hashes are at hand, though; to look at other
   * parts of a probe or judgement (prediction, analysis) reads them from the journal, some 0.1 ms. They are
   * getters: a spread or a clone of a probe or judgement does not take them along.
   */
  of(uri: string, sampleId: string): SampleResult | undefined;
  /** Whether the document belongs to a project, which has journals and endpoints. */
  inProject(uri: string): boolean;
  /** Looks at the journals now. Resolves when what was added to them is in force. */
  refresh(): Promise<void>;
  /** Called when journals changed; returns what ends the calls. */
  readonly onDidChange: (listener: () => void) => () => void;
}
