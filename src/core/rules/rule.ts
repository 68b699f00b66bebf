import type { ReadSample } from '../dataset/dataset.ts';
import type { Span } from '../json/stringMap.ts';
import type { CallViolation } from '../schema/checkCalls.ts';
import type { Severity } from './finding.ts';
import type { LabelPlaces } from './labelPlaces.ts';

/** What a rule sees of a sample. Violations of the label's calls are worked out once for all rules. */
export type RuleContext = {
  readonly read: ReadSample;
  readonly violations: readonly CallViolation[];
  readonly places: LabelPlaces;
};

export type RuleHit = { readonly range: Span; readonly message: string; readonly severity?: Severity };

/** One diagnostic. `severity` holds unless a hit says otherwise. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  check(context: RuleContext): readonly RuleHit[];
}
