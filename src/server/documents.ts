import type { Finding } from '../core/rules/finding.ts';
import type { Part } from '../core/rules/rule.ts';
import type { Span } from '../core/json/stringMap.ts';

/** A finding of an open document. */
export type DocumentFinding = Finding & {
  /** What of the sample it is about; absent for what cannot be read. */
  readonly at?: Part;
  /** Where the tool is defined that a finding on a call is about. */
  readonly tool?: Span;
  /** The name of that tool, as the call or the definition has it. */
  readonly toolName?: string;
  /** Another record that the finding speaks of. */
  readonly related?: { readonly record: number; readonly range: Span };
};

/** How a check is kept from holding up the server: it asks now and then whether to go on, and lets other work in. */
export type CheckControl = { readonly isStale: () => boolean; readonly pause: () => Promise<void> };
