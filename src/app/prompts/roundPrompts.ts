import { LoopToolError } from '../../core/errors.ts';
import { builtInPrompts, isPromptName, promptDefinitions, stagePrompts, type PromptName, type PromptSet } from '../../core/llm/prompts/promptSet.ts';
import { lostSlots, versionLabel } from '../../core/llm/prompts/template.ts';
import type { Project } from '../project.ts';
import type { Round } from '../round.ts';
import { usablePrompts } from './projectPrompts.ts';

export type PromptStage = keyof typeof stagePrompts;

/**
 * The prompts that a stage of a round goes by. They are taken when the stage begins and stand in round.json with their texts: a
 * stage that is resumed goes on with them, whatever was edited or shipped meanwhile, so that no answer is asked for twice and
 * the result is that of a run without a pause. `say` is told where the files of the project say otherwise by now.
 */
export async function recordPrompts(project: Project, round: Round, stage: PromptStage, say: (message: string) => void): Promise<PromptSet> {
  const recorded = promptsOfRound(round, stage);
  const now = await usablePrompts(project.files, project.config);
  if (recorded === undefined) {
    const texts = stagePrompts[stage].map((name) => ({ ...now.prompts[name] }));
    await round.update({ prompts: { ...round.manifest.prompts, [stage]: texts } });
    return now.prompts;
  }
  for (const name of stagePrompts[stage]) {
    if (recorded[name].hash === now.prompts[name].hash) continue;
    const file = now.files.get(name);
    const what = file === undefined ? `The prompt ${name} is the shipped ${now.prompts[name].version} by now` : `${project.files.relative(file)} has changed`;
    say(`${what} since ${stage} of round ${round.number} began. The stage goes on with the text that it began with (round.json has it); the next round takes the new one.`);
  }
  return recorded;
}

/** The prompts that a stage goes by, or would if it began now. Writes nothing. */
export async function stagePromptsNow(project: Project, round: Round | undefined, stage: PromptStage): Promise<PromptSet> {
  return (round && promptsOfRound(round, stage)) ?? (await usablePrompts(project.files, project.config)).prompts;
}

/** The recorded prompts of a stage that has begun; undefined before, and in rounds of before there was a record. */
export function promptsOfRound(round: Round, stage: PromptStage): PromptSet | undefined {
  const recorded = round.manifest.prompts?.[stage];
  if (recorded === undefined) return undefined;
  const own = Object.fromEntries(recorded.flatMap((template) => {
    const { name } = template;
    if (!isPromptName(name)) return [];
    const [lost] = lostSlots(promptDefinitions[name], template);
    if (lost !== undefined) throw new LoopToolError('config-invalid', `${stage} of round ${round.number} began with a prompt ${name} that has no slot {{${lost}}}: it is of another version of LoopTool. Finish the round with that one, or remove "prompts" from its round.json to go on with the prompts of today.`);
    return [[name, template]];
  }));
  return { ...builtInPrompts, ...own };
}

/** A note on prompts that are the project's own; undefined where none is. */
export function ownPrompts(prompts: PromptSet, names: readonly PromptName[]): string | undefined {
  const own = names.filter((name) => prompts[name].own);
  return own.length === 0 ? undefined : `Prompts of the project's own: ${own.map((name) => `${name} (${versionLabel(prompts[name])})`).join(', ')}.`;
}
