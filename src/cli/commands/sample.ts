import type { SampleActionOptions } from '../../app/samples/sampleActions.ts';
import type { SampleAddress } from '../../app/samples/findSample.ts';
import { Reporter } from '../../app/reporter.ts';
import { exitCodes, type Command } from '../context.ts';
import { sampleText } from '../writers/sampleText.ts';

/** Asks about one sample. What goes wrong is thrown, and told like any command's failure. */
export function sampleCommand({ project, action, address }: Pick<SampleActionOptions, 'project' | 'action'> & { readonly address: SampleAddress }): Command {
  return async ({ app, ports, writer, signal }) => {
    const reporter = new Reporter(ports.clock, (event) => writer.event(event));
    const result = await app.sampleAction({ project, action, target: { address }, signal, reporter });
    writer.result(`sample ${action}`, result, sampleText(result));
    return exitCodes.ok;
  };
}
