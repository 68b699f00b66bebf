import { useNodeHash } from '../node/nodeHash.ts';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../node/clock.ts';
import { keySource } from '../node/environmentKeys.ts';
import type { AppPorts } from './ports.ts';

/**
 * The ports of a process on this machine. `cliPath` is the bundled command line: kernels and worker scripts lie beside it,
 * shipped media in the folder beside its own.
 */
export function nodePorts(cliPath: string, keysByOrigin: Readonly<Record<string, string>> = {}): AppPorts {
  useNodeHash();
  const cli = resolve(cliPath);
  const assetsDirectory = dirname(cli);
  return {
    clock: systemClock,
    random: Math.random,
    keys: keySource(process.env, keysByOrigin),
    cli: [process.execPath, cli],
    assetsDirectory,
    mediaDirectory: join(dirname(assetsDirectory), 'media'),
  };
}
