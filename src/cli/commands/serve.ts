import type { ServeOptions } from '../../app/serve.ts';
import { exitCodes, type Command } from '../context.ts';

export function serveCommand(options: ServeOptions): Command {
  return async ({ app, ports, writer, signal }) => {
    // One request that failed does not end the server.
    const warn = (message: string) => writer.event({ at: new Date(ports.clock.now()).toISOString(), type: 'warning', message });
    const serving = await app.serve(options, signal, warn);
    const models = serving.models.map(({ id, simulated, fingerprint }) => `  ${id}${simulated ? ' (simulated)' : ''}${fingerprint === undefined ? '' : ` ${fingerprint.slice(0, 19)}…`}`);
    const { baseUrl, key } = serving.file;
    writer.result('serve', { baseUrl, pid: serving.file.pid, models: serving.models }, [`Serving at ${baseUrl}`, ...models, keyHint(options, key), 'Ctrl-C ends it.'].join('\n'));
    const stop = () => void serving.close();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    await serving.closed;
    return signal.aborted ? exitCodes.stopped : exitCodes.ok;
  };
}

/** Logs are kept: a key is named by where it lies, never shown. */
function keyHint(options: ServeOptions, key: string): string {
  if (options.key !== undefined) return 'Requests need your key as bearer token.';
  return `Requests need the key of .looptool/server.json (${key.length} characters) as bearer token.`;
}
