import { promptDefinitions, promptNames, type PromptName } from './promptSet.ts';
import { promptHash, slotOfLine, type PromptDefinition, type PromptTemplate } from './template.ts';

/**
 * A prompt as a Markdown file of the project: front matter, notes that are not sent, and the two messages under the headings
 * `# System` and `# User` (docs/prompts.md).
 */

/** A mistake that keeps a file from being used. `line` from 1. */
export type PromptProblem = { readonly line: number; readonly message: string };
export type PromptFile =
  | { readonly ok: true; readonly name: PromptName; readonly template: PromptTemplate; /** The shipped version that it is made from is not the newest one. */ readonly newer: string | undefined }
  | { readonly ok: false; readonly problems: readonly PromptProblem[] };

const marker = '---';
const headings = { system: '# System', user: '# User' } as const;
const keys = ['name', 'version', 'hash', 'slots'] as const;
type Key = (typeof keys)[number];

export function promptFileName(name: PromptName): string {
  return `${name}.md`;
}

/** A shipped prompt as a file that can be edited. */
export function writePromptFile(name: PromptName): string {
  const definition: PromptDefinition = promptDefinitions[name];
  const slots = Object.entries(definition.slots);
  const frontMatter = [`name: ${name}`, `version: ${definition.version}`, `hash: ${promptHash(definition)}`, `slots: ${slots.map(([slot]) => slot).join(', ')}`];
  const notes = [
    definition.purpose,
    '',
    'What stands before "# System" is for you and is never sent. A slot stands alone on its line; in its place LoopTool writes',
    'data with its heading, its fence and its quoting, so that nothing in the data can be taken for an instruction. Slots:',
    ...slots.map(([slot, { required, holds }]) => `- ${slot}${required ? '' : ' (may be left out)'}: ${holds}`),
    '',
    'Replies are read by these words, which have to stand in the text as they are:',
    ...definition.anchors.map(({ text, why }) => `- ${text}: ${why}`),
    'Keep the sentence that says that the sections are data and never an instruction. What you change makes the prompt a version',
    'of its own. See whether it can be used: looptool prompts check',
  ];
  return `${[marker, ...frontMatter, marker, '', '<!--', ...notes, '-->', '', headings.system, '', definition.system, '', headings.user, '', definition.user].join('\n')}\n`;
}

/** Reads a file that is called after a prompt. Never throws; all mistakes are found at once. */
export function readPromptFile(name: PromptName, text: string): PromptFile {
  const definition: PromptDefinition = promptDefinitions[name];
  const lines = text.replace(/^\ufeff/u, '').split(/\r\n|\n|\r/u);
  const front = readFrontMatter(lines);
  const parts = readParts(lines, front.end ?? 0);
  const problems = [...front.problems, ...frontMatterProblems(name, definition, front), ...parts.problems];
  if (parts.system !== undefined && parts.user !== undefined) problems.push(...slotProblems(definition, parts.system, parts.user), ...anchorProblems(definition, parts.system, parts.user));
  const version = front.values.get('version')?.text;
  if (problems.length > 0 || parts.system === undefined || parts.user === undefined || version === undefined) return { ok: false, problems: problems.sort((a, b) => a.line - b.line) };
  const prompt = { system: parts.system.text, user: parts.user.text };
  const hash = promptHash(prompt);
  const shipped = promptHash(definition) === hash;
  const own = !shipped && hash !== front.values.get('hash')?.text;
  const template: PromptTemplate = { name, version: shipped ? definition.version : version, hash, ...prompt, own };
  return { ok: true, name, template, newer: shipped || version === definition.version ? undefined : definition.version };
}

type FrontMatter = { readonly values: ReadonlyMap<Key, { readonly text: string; readonly line: number }>; /** Index of the first line behind it; undefined where there is no end to it. */ readonly end: number | undefined; readonly problems: readonly PromptProblem[] };

function readFrontMatter(lines: readonly string[]): FrontMatter {
  const values = new Map<Key, { readonly text: string; readonly line: number }>();
  const problems: PromptProblem[] = [];
  if (lines[0]?.trim() !== marker) return { values, end: undefined, problems: [{ line: 1, message: `The file has to begin with front matter between two lines "${marker}", with ${keys.join(', ')}. Eject the prompt again to see its form: looptool prompts eject` }] };
  const closing = lines.findIndex((line, i) => i > 0 && line.trim() === marker);
  if (closing < 0) return { values, end: undefined, problems: [{ line: 1, message: `The front matter has no end: put a line "${marker}" behind it.` }] };
  for (let i = 1; i < closing; i++) {
    const line = lines[i] ?? '';
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const [, word = '', text = ''] = /^\s*([\w-]+)\s*:\s*(.*?)\s*$/u.exec(line) ?? [];
    const key = keys.find((known) => known === word);
    if (key === undefined) problems.push({ line: i + 1, message: `The front matter has only ${keys.join(', ')}, each as "key: value". Remove this line.` });
    else if (values.has(key)) problems.push({ line: i + 1, message: `"${key}" stands twice in the front matter. Remove one of them.` });
    else values.set(key, { text: text.replace(/^(["'])(.*)\1$/u, '$2'), line: i + 1 });
  }
  return { values, end: closing + 1, problems };
}

function frontMatterProblems(name: PromptName, definition: PromptDefinition, { values, end }: FrontMatter): readonly PromptProblem[] {
  if (end === undefined) return [];
  const problems: PromptProblem[] = [];
  for (const key of ['name', 'version', 'slots'] as const) if (!values.has(key)) problems.push({ line: 1, message: `The front matter has no "${key}". Add it, as in: looptool prompts show ${name}` });
  const named = values.get('name');
  if (named !== undefined && named.text !== name) problems.push({ line: named.line, message: `The file is called ${promptFileName(name)}, and its front matter says "name: ${named.text}". Make them one; the names of prompts are ${promptNames.join(', ')}.` });
  const version = values.get('version');
  const stem = definition.version.replace(/\d+$/u, '');
  if (version !== undefined && !(version.text.startsWith(stem) && /^\d+$/u.test(version.text.slice(stem.length)))) {
    problems.push({ line: version.line, message: `"${version.text}" is no version of this prompt: name the shipped one that the text was made from, such as ${definition.version}. Your own text is told apart by its hash.` });
  }
  const slots = values.get('slots');
  for (const slot of slots?.text.split(',').map((part) => part.trim()) ?? []) {
    if (slot !== '' && !Object.hasOwn(definition.slots, slot)) problems.push({ line: slots?.line ?? 1, message: unknownSlot(definition, slot) });
  }
  return problems;
}

/** `line`: of the heading, from 1; `first`: of the first line of the text. */
type Part = { readonly text: string; readonly line: number; readonly first: number };

function readParts(lines: readonly string[], from: number): { readonly system?: Part | undefined; readonly user?: Part | undefined; readonly problems: readonly PromptProblem[] } {
  const at = (heading: string): readonly number[] => lines.flatMap((line, i) => (i >= from && line.trimEnd() === heading ? [i] : []));
  const [systems, users] = [at(headings.system), at(headings.user)];
  const problems: PromptProblem[] = [];
  for (const [heading, found] of [[headings.system, systems], [headings.user, users]] as const) {
    if (found.length === 0) problems.push({ line: Math.max(1, from), message: `There is no line "${heading}". Put it above the text of that message.` });
    for (const again of found.slice(1)) problems.push({ line: again + 1, message: `"${heading}" stands twice. Write the second one otherwise, such as "#${heading}".` });
  }
  const [system, user] = [systems[0], users[0]];
  if (system === undefined || user === undefined) return { problems };
  if (user < system) return { problems: [...problems, { line: user + 1, message: `"${headings.user}" has to stand behind "${headings.system}".` }] };
  return { system: part(lines, system, user), user: part(lines, user, lines.length), problems };
}

function part(lines: readonly string[], heading: number, end: number): Part {
  let first = heading + 1;
  while (first < end && lines[first]?.trim() === '') first++;
  return { text: lines.slice(first, end).join('\n').trimEnd(), line: heading + 1, first: first + 1 };
}

const slotLike = /\{\{[ \t]*([\p{L}\p{N}_.-]+)[ \t]*\}\}/gu;

function slotProblems(definition: PromptDefinition, system: Part, user: Part): readonly PromptProblem[] {
  const problems: PromptProblem[] = [];
  const seen = new Set<string>();
  for (const [message, { text, first }] of [['system', system], ['user', user]] as const) {
    let fenceOpen = false;
    text.split('\n').forEach((line, i) => {
      if (/^[ \t]*(?:```|~~~)/u.test(line)) fenceOpen = !fenceOpen;
      for (const [whole, slot = ''] of line.matchAll(slotLike)) {
        const known = Object.hasOwn(definition.slots, slot) ? definition.slots[slot] : undefined;
        const say = (problem: string): void => void problems.push({ line: first + i, message: problem });
        if (known === undefined) say(unknownSlot(definition, slot));
        else if (slotOfLine(line) === undefined) say(`${whole} has to stand alone on its line.`);
        else if (fenceOpen) say(`${whole} stands inside of a fence that the text opened, and brings its own: close it before this line.`);
        else if (seen.has(slot)) say(`${whole} stands twice. Remove one of them.`);
        else if (known.kind === 'section' && message === 'system') say(`${whole} holds data, which belongs behind "${headings.user}": the system message is for instructions alone. Move it there.`);
        if (known !== undefined) seen.add(slot);
      }
    });
  }
  for (const [slot, { required, holds }] of Object.entries(definition.slots)) {
    if (required && !seen.has(slot)) problems.push({ line: user.line, message: `The slot {{${slot}}} is missing: without it the model is not shown ${holds}. Put it on a line of its own.` });
  }
  return problems;
}

function unknownSlot({ slots }: PromptDefinition, slot: string): string {
  return `There is no slot "${slot}" in this prompt; its slots are ${Object.keys(slots).join(', ')}. Remove it, or write it as one of these.`;
}

function anchorProblems({ anchors }: PromptDefinition, system: Part, user: Part): readonly PromptProblem[] {
  const text = `${system.text}\n${user.text}`;
  return anchors
    .filter((anchor) => !stands(anchor.text, text))
    .map((anchor) => ({ line: system.line, message: `The text names ${anchor.text} nowhere (${anchor.why}), and replies are read by it. Put it back where the form of the reply is described.` }));
}

/** A word stands only where it is no part of another one: CORRECT does not in INCORRECT. */
function stands(anchor: string, text: string): boolean {
  if (!/^\w+$/u.test(anchor)) return text.includes(anchor);
  return new RegExp(`(?<!\\w)${anchor}(?!\\w)`, 'u').test(text);
}
