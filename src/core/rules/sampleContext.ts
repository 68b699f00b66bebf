import type { RecordSample } from '../dataset/dialect.ts';
import type { Sample } from '../dataset/sample.ts';
import { JsonNumber, type JsonValue } from '../json/value.ts';
import { argumentChoices, type ArgumentChoices } from './argumentChoices.ts';
import { fold, RequestText } from './grounding/requestText.ts';
import { labelTraits, type LabelTraits } from './labelTraits.ts';
import { labelViolations, type LabelViolation } from './labelViolations.ts';
import { toolTraits, type ToolTraits } from './toolTraits.ts';

const none: readonly LabelViolation[] = [];
const noChoices: readonly ArgumentChoices[] = [];

/** What a rule sees of a sample. What several rules need is worked out once, and only when one asks. */
export class SampleContext {
  private found: readonly LabelViolation[] | undefined;
  private listed: readonly ArgumentChoices[] | undefined;
  private said: RequestText | undefined;
  private calledTools: CallTraits | undefined;
  private kinds: LabelTraits | undefined;
  private notFound: readonly ArgumentChoices[] | undefined;

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
  get violations(): readonly LabelViolation[] {
    const { label } = this.sample;
    this.found ??= label.kind === 'calls' ? labelViolations(this.sample, label, () => this.choices, () => this.request) : none;
    return this.found;
  }

  /** The arguments of the label's calls, with every value that counts as right. */
  get choices(): readonly ArgumentChoices[] {
    return (this.listed ??= argumentChoices(this.sample));
  }

  /** What the conversation before the label says. */
  get request(): RequestText {
    return (this.said ??= new RequestText(this.sample.messages));
  }

  get traits(): LabelTraits {
    return (this.kinds ??= labelTraits(this.sample.label, () => this.request.text));
  }

  /** Arguments of which no acceptable value stands in the conversation in the same letters: most do, and need no closer look. */
  get unsaid(): readonly ArgumentChoices[] {
    return (this.notFound ??= this.traits.allSaid ? noChoices : this.choices.filter(({ choices }) => choices.length > 0 && !choices.some((choice) => standsIn(choice, this.request.text, 0) || standsIn(choice, this.request.folded, 0, fold))));
  }

  /** All arguments, where any of the called tools has the trait; none where none has it. */
  choicesWhere(trait: keyof CallTraits): readonly ArgumentChoices[] {
    return this.called[trait] ? this.choices : noChoices;
  }

  /** What the called tools have together. */
  get called(): CallTraits {
    return (this.calledTools ??= calledTraits(this.sample));
  }
}

type CallTraits = Omit<ToolTraits, 'options'>;

const noTraits: CallTraits = { hasFormats: false, hasUnits: false, hasFlags: false, hasOpenTypes: false, hasClashes: false, hasRoutes: false };

function calledTraits({ label, tools }: Sample): CallTraits {
  if (label.kind !== 'calls') return noTraits;
  let all: CallTraits | undefined;
  for (const { name } of label.calls) {
    const tool = tools.find((one) => one.name === name);
    if (tool !== undefined) all = all === undefined ? toolTraits(tool) : joined(all, toolTraits(tool));
  }
  return all ?? noTraits;
}

function joined(a: CallTraits, b: CallTraits): CallTraits {
  if (a === b) return a;
  return {
    hasFormats: a.hasFormats || b.hasFormats,
    hasUnits: a.hasUnits || b.hasUnits,
    hasFlags: a.hasFlags || b.hasFlags,
    hasOpenTypes: a.hasOpenTypes || b.hasOpenTypes,
    hasClashes: a.hasClashes || b.hasClashes,
    hasRoutes: a.hasRoutes || b.hasRoutes,
  };
}

function standsIn(value: JsonValue, text: string, depth: number, form: (value: string) => string = (same) => same): boolean {
  if (typeof value === 'string') return text.includes(form(value));
  if (typeof value === 'number') return text.includes(String(value));
  if (value instanceof JsonNumber) return false;
  if (Array.isArray(value)) return depth > 8 || (value as readonly JsonValue[]).every((item) => standsIn(item, text, depth + 1, form));
  return true;
}
