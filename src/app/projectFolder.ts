import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configFileName } from '../node/projectFiles.ts';

/** The nearest folder with a `looptool.json`, at or above the folder of a file. */
export function projectFolderOf(file: string): string | undefined {
  for (let folder = dirname(file); ; ) {
    if (existsSync(join(folder, configFileName))) return folder;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}
