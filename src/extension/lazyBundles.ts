import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as ReviewEngine from '../app/review/reviewEngine.ts';
import type * as EditorDoctor from '../app/doctor/editorDoctor.ts';
import type * as ConnectionTest from '../app/testConnection.ts';
import type * as LanguageClientStart from './language/startClient.ts';

/**
 * Bundles beside the extension's own (esbuild.mjs) that are loaded when they are first used. `require`, not `import`: only
 * there does the editor hand out its `vscode` module.
 */
export function languageClient(): typeof LanguageClientStart {
  return load('languageClient.cjs') as typeof LanguageClientStart; // that file is built from this module
}

/** A module that shares its code with the command line's; it knows no `vscode`. */
export async function reviewEngine(): Promise<typeof ReviewEngine> {
  const url = pathToFileURL(join(__dirname, 'reviewEngine.js')).href;
  return (await import(url)) as typeof ReviewEngine; // that file is built from this module
}

export function connectionTest(): typeof ConnectionTest {
  return load('connectionTest.cjs') as typeof ConnectionTest; // that file is built from this module
}

export function doctor(): typeof EditorDoctor {
  return load('doctor.cjs') as typeof EditorDoctor; // that file is built from this module
}

function load(name: string): unknown {
  return createRequire(__filename)(join(__dirname, name));
}
