import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Bundles beside the extension's own (esbuild.mjs) that are loaded when they are first used. `require`, not `import`: only
 * there does the editor hand out its `vscode` module.
 */
export function languageClient(): typeof import('./language/startClient.ts') {
  return load('languageClient.cjs') as typeof import('./language/startClient.ts'); // that file is built from this module
}

export function connectionTest(): typeof import('../app/testConnection.ts') {
  return load('connectionTest.cjs') as typeof import('../app/testConnection.ts'); // that file is built from this module
}

function load(name: string): unknown {
  return createRequire(__filename)(join(__dirname, name));
}
