import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the repository, wherever in it the code was bundled to. */
export function repositoryRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no repository around ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}
