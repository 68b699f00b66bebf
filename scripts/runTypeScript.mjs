// Bundles a TypeScript script with the engine's worker and kernels into .cache/scripts, and runs it there.
import { build } from 'esbuild';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Runs `scripts/<name>.ts` with the arguments of this process and ends with its exit code. The engine's files lie beside the bundle. */
export async function runTypeScript(name, { engine = false } = {}) {
  await runBundled({ outName: name, entries: { [name]: `scripts/${name}.ts`, ...(engine ? { engineWorker: 'src/embedded/worker/main.ts' } : {}) }, engine });
}

/** The same for sources anywhere in the repository, by name of their bundles. The one named as the folder is run; others are for it to start. */
export async function runBundled({ outName, entries, engine = false, env = {} }) {
  const outdir = join(root, '.cache/scripts', outName);
  mkdirSync(outdir, { recursive: true });
  const entryPoints = Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, path)]));
  await build({
    entryPoints, outdir, bundle: true, platform: 'node', format: 'esm', target: 'node20', mainFields: ['module', 'main'], logLevel: 'warning',
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    outExtension: { '.js': '.js' },
  });
  if (engine) buildKernels(join(outdir, 'kernels.wasm'));
  const { status } = spawnSync(process.execPath, [join(outdir, `${outName}.js`), ...process.argv.slice(2)], { stdio: 'inherit', cwd: root, env: { ...process.env, ...env } });
  process.exitCode = status ?? 1;
}

/** The same options as in esbuild.mjs. */
function buildKernels(out) {
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory', '--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
  execFileSync(process.execPath, [join(root, 'node_modules/assemblyscript/bin/asc.js'), join(root, 'src/embedded/kernels/assembly/index.ts'), '-o', out, ...options], { stdio: 'inherit' });
}
