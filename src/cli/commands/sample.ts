import type { SampleActionOptions } from '../../app/samples/sampleActions.ts';
import { Reporter } from '../../app/reporter.ts';
import { exitCodes, type Command } from '../context.ts';
import { sampleText } from '../writers/sampleText.ts';

/** Asks about one sample. What goes wrong is thrown, and told like any command's failure. */
export function sampleCommand(options: Pick<SampleActionOptions, 'project' | 'action' | 'address'>): Command {
  return async ({ app, ports, writer, signal }) => {
    const reporter = new Reporter(ports.clock, (event) => writer.event(event));
    const result = await app.sampleAction({ ...options, signal, reporter });
    writer.result(`sample ${options.action}`, result, sampleText(result));
    return exitCodes.ok;
  };
}
