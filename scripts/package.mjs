// Makes dist/looptool.vsix from what `npm run build` made. Everything is bundled, so no dependency goes in.
import { createVSIX } from '@vscode/vsce';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const missing = ['dist/extension.cjs', 'dist/languageClient.cjs', 'dist/connectionTest.js', 'dist/server.cjs', 'dist/runner.js', 'dist/cli.js', 'dist/webview/review.js', 'dist/kernels.wasm'].filter((file) => !existsSync(path.join(root, file)));
if (missing.length > 0) {
  console.error(`Not built: ${missing.join(', ')}. Run: npm run build`);
  process.exit(1);
}
const packagePath = path.join(root, 'dist/looptool.vsix');
await createVSIX({ cwd: root, packagePath, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false });
console.log(`dist/looptool.vsix ${(statSync(packagePath).size / 1e6).toFixed(2)} MB`);
