/**
 * How a tool of the demo world is written down: its parameters, and the templates of the requests that need it.
 *
 * Wordings: `base` is what the initial checkpoint was trained on, `loop` is what the training data adds, `wide` is what the
 * simulated generator may use on top, `held` is for evaluation only.
 */
export const wordings = ['base', 'loop', 'wide', 'held'] as const;
export type Wording = (typeof wordings)[number];
export type ByWording<T> = Readonly<Record<Wording, T>>;

/** Where a value comes from; the JSON type follows from it. */
export type ParameterSpec = { readonly optional?: boolean } & (
  | { readonly kind: 'pool'; readonly pool: string }
  | { readonly kind: 'oneOf'; readonly values: readonly string[] }
  /** Multiples of `step` from `from` to `to`; integers when the step is one, else numbers. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly step: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'list'; readonly pool: string }
  | { readonly kind: 'record'; readonly properties: Readonly<Record<string, ParameterSpec>> }
);

/**
 * A template's slots: `{parameter}` a drawn value, `{object.property}` one of an object, `{flag?yes:no}` a boolean by its
 * wording, `{parameter=value:words}` a fixed JSON value. Templates of a list are separated by ` / `.
 */
export type TemplateList = readonly string[];

export type FollowUp = {
  /** Noun of the tool whose result the request refers to. */
  readonly after: string;
  /** Parameter that is taken from the result, under the same name. */
  readonly id: string;
  readonly requests: ByWording<TemplateList>;
};

export type ToolSpec = {
  /** A tool is called `verb_noun`; no two tools share a noun. The first verb is its name in the data, the others occur in pre-training only. */
  readonly noun: string;
  readonly verbs: readonly [string, ...string[]];
  readonly domain: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  readonly requests: ByWording<TemplateList>;
  /** Requests that leave a required parameter out, by that parameter. */
  readonly missing: Readonly<Record<string, ByWording<TemplateList>>>;
  /** Requests on the result of another tool. */
  readonly follows?: FollowUp;
};

export const pool = (name: string): ParameterSpec => ({ kind: 'pool', pool: name });
export const oneOf = (values: string): ParameterSpec => ({ kind: 'oneOf', values: values.split('|') });
export const integer = (from: number, to: number): ParameterSpec => ({ kind: 'range', from, to, step: 1 });
export const number = (from: number, to: number, step: number): ParameterSpec => ({ kind: 'range', from, to, step });
export const flag = (): ParameterSpec => ({ kind: 'flag' });
export const list = (name: string): ParameterSpec => ({ kind: 'list', pool: name });
export const record = (properties: Readonly<Record<string, ParameterSpec>>): ParameterSpec => ({ kind: 'record', properties });
export const optional = (spec: ParameterSpec): ParameterSpec => ({ ...spec, optional: true });

export const dayOfWeek = oneOf('monday|tuesday|wednesday|thursday|friday|saturday|sunday');

/** Splits ` / `-separated templates of each wording. */
export function templates(texts: ByWording<string>): ByWording<TemplateList> {
  const split = (text: string): TemplateList => text.split(' / ').map((t) => t.trim());
  return { base: split(texts.base), loop: split(texts.loop), wide: split(texts.wide), held: split(texts.held) };
}
