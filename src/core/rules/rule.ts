import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Fix, Severity } from './finding.ts';
import type { Need } from './needs.ts';
import type { SampleContext } from './sampleContext.ts';

type Path = readonly (string | number)[];

/**
 * Where a hit shows, in terms of the sample; `path` starts at the arguments of the label's call with that index. `missing` is
 * what stands in for an absent member: the call's name, or the key of the object that lacks it. `broken` is the first
 * unreadable part of an unreadable label.
 */
export type Part =
  | { readonly part: 'record' | 'label' | 'broken' }
  | { readonly part: 'call' | 'name'; readonly call: number }
  | { readonly part: 'value' | 'key' | 'missing'; readonly call: number; readonly path: Path }
  /** With `from` and `to`: that range of the message's text. */
  | { readonly part: 'message'; readonly message: number; readonly from?: number; readonly to?: number }
  | { readonly part: 'tool'; readonly tool: number; readonly path?: Path };

export type Hit = {
  readonly at: Part;
  readonly message: string;
  /** Holds for this hit in the place of the rule's own; never above it where the settings lowered that. */
  readonly severity?: Severity;
  /** Worked out only when somebody wants to see the fixes. */
  readonly fixes?: () => readonly Fix[];
  /** Further fixes for a person to choose from, none of them safe: for editors alone, since they take a look at the whole conversation. */
  readonly suggestions?: () => readonly Fix[];
};

export const profiles = ['strict', 'recommended', 'lenient'] as const;
export type Profile = (typeof profiles)[number];

/** For docs/rules.md and the editor, in Markdown of one paragraph each; `good` and `bad` are examples. */
export type RuleDocs = {
  readonly summary: string;
  readonly why: string;
  readonly good: string;
  readonly bad: string;
  /** Where it shows. */
  readonly shownAt: string;
  readonly options?: Readonly<Record<string, string>>;
};

type RuleBase = {
  readonly id: string;
  readonly docs: RuleDocs;
  readonly severity: Readonly<Record<Profile, Severity | 'off'>>;
  /** Options and their defaults. */
  readonly options?: JsonObject;
};

/** Looks at one sample at a time. Never throws, whatever the sample holds. */
export type SampleRule = RuleBase & {
  readonly scope: 'sample';
  /** A sample that lacks one of these is not shown to the rule: it would find nothing. */
  readonly needs?: readonly Need[];
  readonly check: (context: SampleContext, options: JsonObject) => Iterable<Hit>;
};

/** What a dataset rule keeps of a sample; `sample` counts the samples of the whole run. */
export type Fact = { readonly sample: number; readonly fact: JsonValue };

/** Facts of a whole run in order of their samples; an array is one, too. */
export interface Facts extends Iterable<Fact> {
  readonly length: number;
  at(index: number): Fact | undefined;
}

/** A hit of a dataset rule. Its part is one that needs no look at the sample to be found. */
export type DatasetHit = Hit & {
  readonly sample: number;
  /** Other samples that the message speaks of. */
  readonly related?: readonly number[];
};

/** Looks at all samples together: keeps a small fact of each, in any process, and concludes when all are there. */
export type DatasetRule = RuleBase & {
  readonly scope: 'dataset';
  /** Rules that name the same kind of fact here share its facts, and the first of them collects; without it, the rule has its own. */
  readonly facts?: string;
  /**
   * Starts a run in one process; what it returns is asked for each sample. Facts are small, since all are held, and survive
   * a structured clone; undefined where the sample is of no interest.
   */
  readonly collect: (options: JsonObject) => (context: SampleContext) => JsonValue | undefined;
  /** Whether the fact is the same for all samples with the same list of tools: then it is made once for each list. */
  readonly ofTools?: true;
  /**
   * There may be millions of them: what is kept of each here has to be small. Undefined among the hits is where a host that
   * has something else to do may pause.
   */
  readonly conclude: (facts: Facts, options: JsonObject) => Iterable<DatasetHit | undefined>;
};

export type Rule = SampleRule | DatasetRule;

/** What the facts of a rule are known by. */
export function factKind(rule: DatasetRule): string {
  return rule.facts ?? rule.id;
}
