// `npm run test:memory`: 200,000 streamed requests of one probe, client, stage and journal, beside a server of its own process, in a
// bounded heap; fails where the second half needs more memory than the first. `-- --requests N --chunks N --window N` for others.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensure } from '../../scripts/ensure.mjs';

const root = join(import.meta.dirname, '../..');
if (!process.argv.includes('--no-ensure')) ensure();
const outfile = join(root, '.cache/memory/probeMemory.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'probeMemory.ts')], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', mainFields: ['module', 'main'], logLevel: 'warning',
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  define: { 'import.meta.dirname': JSON.stringify(import.meta.dirname) },
});
// The rows of the set alone, 200,000 with their requests, take about 250 MB.
const { status } = spawnSync(process.execPath, ['--expose-gc', '--max-old-space-size=448', outfile, ...process.argv.slice(2)], { stdio: 'inherit', cwd: root });
process.exitCode = status ?? 1;
