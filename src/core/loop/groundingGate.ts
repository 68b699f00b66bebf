import type { Sample } from '../dataset/sample.ts';
import { rule as placeholderValue } from '../rules/checks/placeholderValue.ts';
import { rule as ungroundedDate } from '../rules/checks/ungroundedDate.ts';
import { rule as ungroundedNumber } from '../rules/checks/ungroundedNumber.ts';
import { rule as ungroundedText } from '../rules/checks/ungroundedText.ts';
import type { Severity } from '../rules/finding.ts';
import { checkSample } from '../rules/recordChecker.ts';
import { SampleContext } from '../rules/sampleContext.ts';

/** A number that may be common knowledge is a warning of its rule, at this severity; every other hit refuses. */
const severity: Severity = 'error';
const rules = [ungroundedText, ungroundedNumber, ungroundedDate, placeholderValue].map((rule) => ({ rule, severity, options: {} }));

/**
 * Which values of the label's calls neither stand in the conversation nor follow from it, nor from the tool's definition, in
 * words; undefined when all do. The same rules as `looptool validate` goes by.
 */
export function groundingFault(sample: Sample): string | undefined {
  if (sample.label.kind !== 'calls') return undefined;
  const read = { sample, step: 0, places: () => ({}) as never }; // places are asked for by fixes alone, and none is made here
  const hits = checkSample(new SampleContext(read, null, '', 0), rules).filter((hit) => hit.severity === 'error');
  return hits.length === 0 ? undefined : [...new Set(hits.map(({ message }) => message))].join('; ');
}
