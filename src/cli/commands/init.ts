import type { InitOptions } from '../../app/initProject.ts';
import { exitCodes, type Command } from '../context.ts';

export function initCommand(options: InitOptions): Command {
  return async ({ app, writer }) => {
    const result = await app.init(options);
    const text = [`Made a project in ${result.project}:`, ...result.files.map((file) => `  ${file}`), `Next: ${result.next}`].join('\n');
    writer.result('init', result, text);
    return exitCodes.ok;
  };
}
