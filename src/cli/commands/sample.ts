import type { SampleActionOptions } from '../../app/samples/sampleActions.ts';
import type { SampleAddress } from '../../app/samples/findSample.ts';
import { Reporter } from '../../app/reporter.ts';
import { exitCodes, type Command } from '../context.ts';
import { promptText } from '../writers/promptText.ts';
import { sampleText } from '../writers/sampleText.ts';

/** Asks about one sample. What goes wrong is thrown, and told like any command's failure. */
export function sampleCommand({ project, action, target }: Pick<SampleActionOptions, 'project' | 'action'> & { readonly target: { readonly address: SampleAddress } | { readonly sampleId: string } }): Command {
  return async ({ app, ports, writer, signal, json, print, remark }) => {
    const reporter = new Reporter(ports.clock, (event) => writer.event(event));
    const result = await app.sampleAction({ project, action, target, signal, reporter });
    if (result.prompt !== undefined && !json) {
      // The text alone on standard output, to the letter: it can be piped.
      const { text } = result.prompt;
      if (text !== undefined) print([text]);
      remark(promptText(result.prompt));
      return exitCodes.ok;
    }
    writer.result(`sample ${action}`, result, sampleText(result));
    return exitCodes.ok;
  };
}
