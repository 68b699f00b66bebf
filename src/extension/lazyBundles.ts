import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as ReviewEngine from '../app/review/reviewEngine.ts';
import type * as ConnectionTest from '../app/testConnection.ts';
import type * as LanguageClientStart from './language/startClient.ts';

/**
 * Bundles beside the extension's own (esbuild.mjs) that are loaded when they are first used. `require`, not `import`: only
 * there does the editor hand out its `vscode` module.
 */
export function languageClient(): typeof LanguageClientStart {
  return createRequire(__filename)(join(__dirname, 'languageClient.cjs')) as typeof LanguageClientStart; // that file is built from this module
}

/** Modules that share their code with the command line's; they know no `vscode`. */
export async function reviewEngine(): Promise<typeof ReviewEngine> {
  return (await shared('reviewEngine.js')) as typeof ReviewEngine; // that file is built from this module
}

export async function connectionTest(): Promise<typeof ConnectionTest> {
  return (await shared('connectionTest.js')) as typeof ConnectionTest; // that file is built from this module
}

async function shared(name: string): Promise<unknown> {
  return (await import(pathToFileURL(join(__dirname, name)).href)) as unknown;
}
