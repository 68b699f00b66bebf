import type { DiffPromptsOptions, EjectOptions, Ejected, ListedPrompt, ShowPromptOptions } from '../../app/prompts/promptCommands.ts';
import { visibleText } from '../../core/text/visibleText.ts';
import { exitCodes, type Command } from '../context.ts';

export function listPromptsCommand(project: string): Command {
  return async ({ app, writer }) => {
    const prompts = await app.listPrompts({ project });
    writer.result('prompts list', prompts, visibleText(prompts.flatMap(listed).join('\n')));
    return exitCodes.ok;
  };
}

function listed({ name, version, hash, purpose, file, slots }: ListedPrompt): readonly string[] {
  const named = slots.map((slot) => (slot.required ? slot.name : `[${slot.name}]`)).join(', ');
  return [`${name}  ${version}  ${hash}${file === undefined ? '' : `  ${file}`}`, `    ${purpose}`, `    slots: ${named}`];
}

export function showPromptCommand(options: ShowPromptOptions): Command {
  return async ({ app, writer, json, print }) => {
    const shown = await app.showPrompt(options);
    if (json) writer.result('prompts show', shown, '');
    else print([shown.text.trimEnd()]);
    return exitCodes.ok;
  };
}

export function ejectPromptsCommand(options: EjectOptions): Command {
  return async ({ app, writer }) => {
    const ejected = await app.ejectPrompts(options);
    writer.result('prompts eject', ejected, visibleText(ejectedText(ejected)));
    return exitCodes.ok;
  };
}

function ejectedText({ directory, written, kept, used }: Ejected): string {
  const lines = [...written.map((file) => `written  ${file}`), ...kept.map((file) => `kept     ${file} (there already; --force replaces it)`)];
  lines.push('', used ? 'The project uses these files from now on. After a change: looptool prompts check' : `The project does not look there: add "prompts": ${JSON.stringify(directory)} to looptool.json.`);
  return lines.join('\n');
}

export function checkPromptsCommand(project: string): Command {
  return async ({ app, writer }) => {
    const checked = await app.checkPrompts({ project });
    const { files, problems, notices } = checked;
    const lines = [...problems.map(({ file, line, message }) => `${file}:${line} ${message}`), ...notices];
    if (problems.length === 0) lines.push(files.length === 0 ? 'The project uses the shipped prompts.' : `${files.length === 1 ? '1 prompt' : `${files.length} prompts`} of the project can be used.`);
    writer.result('prompts check', checked, visibleText(lines.join('\n')));
    return problems.length === 0 ? exitCodes.ok : exitCodes.findings;
  };
}

export function diffPromptsCommand(options: DiffPromptsOptions): Command {
  return async ({ app, writer, json, print, remark }) => {
    const diffs = await app.diffPrompts(options);
    const changed = diffs.filter(({ diff }) => diff !== '');
    if (json) writer.result('prompts diff', diffs, '');
    else if (changed.length === 0) remark(diffs.length === 0 ? 'The project has no prompts of its own.' : 'The same as the shipped prompts.');
    else print([visibleText(changed.map(({ diff }) => diff).join('')).trimEnd()]);
    return changed.length === 0 ? exitCodes.ok : exitCodes.findings;
  };
}
