import { sha256Hex } from '../../hash.ts';
import { canonicalJson } from '../../json/stringify.ts';
import type { JsonValue } from '../../json/value.ts';
import type { ModelRequest } from '../../loop/requestKey.ts';
import type { PromptRef } from '../../rounds/promptRef.ts';
import type { Sampling } from '../completionPort.ts';
import { writeSections } from './sections.ts';

/**
 * What may stand in the place of a slot. `section`: data, written by `writeSections` with its title and its fence, so that its
 * quoting is the slot's and no template can do without it; `sentence`: a fixed text of ours, which stands or does not.
 */
export type SlotDefinition = {
  /** A prompt that has lost a required slot cannot be used. */
  readonly required: boolean;
  /** What it holds, for people. */
  readonly holds: string;
} & ({ readonly kind: 'section'; readonly title: string } | { readonly kind: 'sentence'; readonly text: string });

/** A text that has to stand in the prompt, because the reader of replies looks for what it asks for. */
export type Anchor = { readonly text: string; readonly why: string };

/** A prompt as we ship it. Whoever changes `system` or `user` changes `version`: test/golden/prompts. */
export type PromptDefinition = {
  readonly name: string;
  readonly version: string;
  readonly purpose: string;
  readonly slots: Readonly<Record<string, SlotDefinition>>;
  readonly anchors: readonly Anchor[];
  readonly system: string;
  readonly user: string;
};

/** A prompt in use: ours, or the project's own. */
export type PromptTemplate = PromptRef & {
  readonly system: string;
  readonly user: string;
  /** The text was never a shipped one. */
  readonly own: boolean;
};

/** Values by slot: data for required sections, data or nothing for others, whether it stands for sentences. */
export type SlotValues<D extends PromptDefinition> = {
  readonly [S in keyof D['slots']]: D['slots'][S]['kind'] extends 'sentence' ? boolean : D['slots'][S]['required'] extends true ? JsonValue : JsonValue | undefined;
};

/** Names the text of a prompt: what is sent of it, not the notes in its file. */
export function promptHash({ system, user }: Pick<PromptDefinition, 'system' | 'user'>): string {
  return `prm_${sha256Hex(canonicalJson({ v: 1, system, user })).slice(0, 16)}`;
}

export function builtInTemplate({ name, version, system, user }: PromptDefinition): PromptTemplate {
  return { name, version, hash: promptHash({ system, user }), system, user, own: false };
}

/** What records carry of a prompt. */
export function promptRef({ name, version, hash }: PromptTemplate): PromptRef {
  return { name, version, hash };
}

/** The version that a record names: a text of the project's own is a version of its own, by its hash. */
export function versionLabel({ version, hash, own }: PromptTemplate): string {
  return own ? `${version}~${hash.slice('prm_'.length, 'prm_'.length + 8)}` : version;
}

export type RequestExtras = Pick<ModelRequest, 'jsonSchema' | 'jsonObject'>;

/** A request to the judge or the generator: instructions, then one user message with the data. No tools are offered: those of the sample are data. */
export function promptRequest<D extends PromptDefinition>(definition: D, template: PromptTemplate, values: SlotValues<D>, sampling: Sampling, extras: RequestExtras = {}): ModelRequest {
  const texts = new Map(Object.entries(definition.slots).map(([slot, held]) => [slot, slotText(held, (values as Readonly<Record<string, JsonValue | undefined>>)[slot])])); // keys of both are the slots
  return {
    messages: [
      { role: 'system', content: filled(template.system, texts) },
      { role: 'user', content: filled(template.user, texts) },
    ],
    tools: [],
    sampling,
    logProbs: false,
    ...extras,
  };
}

function slotText(slot: SlotDefinition, value: JsonValue | undefined): string | undefined {
  if (slot.kind === 'sentence') return value === true ? slot.text : undefined;
  return value === undefined ? undefined : writeSections([{ title: slot.title, value }]);
}

const slotLine = /^[ \t]*\{\{[ \t]*([\w.-]+)[ \t]*\}\}[ \t]*$/u;

/** The slot that a line of a template is; undefined where it is text. */
export function slotOfLine(line: string): string | undefined {
  return slotLine.exec(line)?.[1];
}

/** Required slots that a text has not: data that it would not show. */
export function lostSlots({ slots }: PromptDefinition, { system, user }: Pick<PromptTemplate, 'system' | 'user'>): readonly string[] {
  const shown = new Set(`${system}\n${user}`.split('\n').map(slotOfLine));
  return Object.entries(slots).flatMap(([slot, { required }]) => (required && !shown.has(slot) ? [slot] : []));
}

/** One pass over the lines: what data holds is never looked at again. A slot that stays empty takes the blank line behind it along. */
function filled(text: string, texts: ReadonlyMap<string, string | undefined>): string {
  const lines = text.split('\n');
  const written: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const slot = slotOfLine(line);
    if (slot === undefined || !texts.has(slot)) {
      written.push(line);
      continue;
    }
    const held = texts.get(slot);
    if (held !== undefined) written.push(held);
    else if (lines[i + 1] === '' && (written.at(-1) ?? '') === '') i++;
  }
  return written.join('\n').replace(/\n+$/u, '');
}
