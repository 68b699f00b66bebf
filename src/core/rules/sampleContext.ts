import type { RecordSample } from '../dataset/dialect.ts';
import type { Sample } from '../dataset/sample.ts';
import type { JsonValue } from '../json/value.ts';
import { checkCalls, type CallViolation } from '../schema/checkCalls.ts';

const none: readonly CallViolation[] = [];

/** What a rule sees of a sample. What several rules need is worked out once, and only when one asks. */
export class SampleContext {
  private found: readonly CallViolation[] | undefined;

  constructor(
    readonly read: RecordSample,
    /** The record as its dialect saw it. */
    readonly record: JsonValue,
    readonly dialect: string,
    /** Messages before this one were seen with an earlier sample of the same record. */
    readonly firstNewMessage: number,
  ) {}

  get sample(): Sample {
    return this.read.sample;
  }

  /** How the label's calls break the definitions of their tools. */
  get violations(): readonly CallViolation[] {
    const { label, tools } = this.sample;
    this.found ??= label.kind === 'calls' ? checkCalls(label.calls, tools) : none;
    return this.found;
  }
}
