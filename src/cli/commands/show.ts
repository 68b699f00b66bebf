import { exitCodes, type Command } from '../context.ts';

export function showCommand(file: string, record: number): Command {
  return async ({ app, writer, signal, json, print }) => {
    const shown = await app.showRecord({ file, record, signal });
    if (json) writer.result('show', shown, shown.text);
    else print(shown.text);
    return exitCodes.ok;
  };
}
