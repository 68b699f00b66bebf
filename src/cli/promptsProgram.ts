import type { Command as Program } from 'commander';
import { promptNames } from '../core/llm/prompts/promptSet.ts';
import { checkPromptsCommand, diffPromptsCommand, ejectPromptsCommand, listPromptsCommand, showPromptCommand } from './commands/prompts.ts';
import type { RunCommand } from './context.ts';

type Common = { readonly project: string; readonly json: boolean };

/** `looptool prompts ...`: what judge and generator are told, and the project's own texts in its place. */
export function addPromptCommands(program: Program, run: RunCommand, withCommon: (command: Program) => Program): void {
  const prompts = program
    .command('prompts')
    .description('the prompts of judge and generator: show them, write them into the project to change them, check what was changed (docs/prompts.md)')
    .exitOverride()
    .addHelpText('after', `\nNames: ${promptNames.join(', ')}`);
  withCommon(prompts.command('list'))
    .description('all prompts with their versions, slots, and files of the project')
    .action(({ project, json }: Common) => run(listPromptsCommand(project), json));
  withCommon(prompts.command('show'))
    .description('one prompt as a file: the project\'s own, else the shipped one')
    .argument('<name>', 'prompt')
    .option('--shipped', 'the shipped one in any case', false)
    .action((name: string, { project, json, shipped }: Common & { shipped: boolean }) => run(showPromptCommand({ project, name, shipped }), json));
  withCommon(prompts.command('eject'))
    .description('write prompts into the project as Markdown files, which it uses from then on')
    .argument('[names...]', 'prompts; all when absent')
    .option('--dir <folder>', 'folder, relative to the project; that of looptool.json when absent, which is prompts')
    .option('--force', 'replace files that are there', false)
    .action((names: string[], { project, json, dir, force }: Common & { dir?: string; force: boolean }) => run(ejectPromptsCommand({ project, names, directory: dir, force }), json));
  withCommon(prompts.command('check'))
    .description('whether the project\'s own prompts can be used: slots, front matter, what replies are read by')
    .action(({ project, json }: Common) => run(checkPromptsCommand(project), json));
  withCommon(prompts.command('diff'))
    .description('what the project\'s own prompts say otherwise than the shipped ones')
    .argument('[name]', 'prompt; all of the project when absent')
    .action((name: string | undefined, { project, json }: Common) => run(diffPromptsCommand({ project, name }), json));
}
