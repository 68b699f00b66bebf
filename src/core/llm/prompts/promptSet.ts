import { sha256Hex } from '../../hash.ts';
import { judgeCalls, judgeMixed, judgeTexts } from './shipped/judge.ts';
import { judgePaper } from './shipped/judgePaper.ts';
import { critique, generate, solve } from './shipped/expansion.ts';
import { builtInTemplate, versionLabel, type PromptTemplate } from './template.ts';

export const promptNames = ['judge.calls', 'judge.mixed', 'judge.texts', 'judge.paper', 'generate', 'solve', 'critique'] as const;
export type PromptName = (typeof promptNames)[number];
export type JudgePromptName = 'judge.calls' | 'judge.mixed' | 'judge.texts';

export const promptDefinitions = {
  'judge.calls': judgeCalls,
  'judge.mixed': judgeMixed,
  'judge.texts': judgeTexts,
  'judge.paper': judgePaper,
  generate,
  solve,
  critique,
} as const;

/** The prompts that something goes by: shipped ones, the project's own in their place. */
export type PromptSet = Readonly<Record<PromptName, PromptTemplate>>;

export const builtInPrompts: PromptSet = {
  'judge.calls': /* @__PURE__ */ builtInTemplate(judgeCalls),
  'judge.mixed': /* @__PURE__ */ builtInTemplate(judgeMixed),
  'judge.texts': /* @__PURE__ */ builtInTemplate(judgeTexts),
  'judge.paper': /* @__PURE__ */ builtInTemplate(judgePaper),
  generate: /* @__PURE__ */ builtInTemplate(generate),
  solve: /* @__PURE__ */ builtInTemplate(solve),
  critique: /* @__PURE__ */ builtInTemplate(critique),
};

export function isPromptName(name: string): name is PromptName {
  return (promptNames as readonly string[]).includes(name);
}

/** The prompts that a stage asks with. */
export const stagePrompts = {
  verify: ['judge.calls', 'judge.mixed', 'judge.texts', 'judge.paper'],
  expand: ['generate', 'solve', 'critique'],
} as const satisfies Readonly<Record<string, readonly PromptName[]>>;

/**
 * The three prompts of the judge are one version: people measure its verdicts together. Where one of them is the project's own,
 * or they are of several versions, it is `judge-2~1f0c9a2e`, by the hashes of all three.
 */
export function judgeLabel(prompts: PromptSet): string {
  const [first, ...others] = [prompts['judge.calls'], prompts['judge.mixed'], prompts['judge.texts']] as const;
  if (!first.own && others.every(({ own, version }) => !own && version === first.version)) return versionLabel(first);
  return `${first.version}~${sha256Hex([first, ...others].map(({ hash }) => hash).join(' ')).slice(0, 8)}`;
}
