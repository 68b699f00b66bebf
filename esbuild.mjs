// Builds everything that is shipped: bundles, kernels, webviews. `node esbuild.mjs --watch` rebuilds the bundles on change.
import { build, context } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const watch = process.argv.includes('--watch');
const root = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const at = (...parts) => join(root, ...parts);

const shared = {
  bundle: true,
  minify: !watch,
  sourcemap: watch ? 'linked' : false,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  // jsonc-parser and the language server packages have UMD mains that cannot be bundled.
  mainFields: ['module', 'main'],
  define: { 'process.env.NODE_ENV': '"production"' },
};

// Some CommonJS dependencies call require at run time; an ESM bundle has none of its own.
const requireShim = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** Rules without their documentation: the language server links to their pages, only these and SARIF show it. */
const withoutRuleDocs = {
  name: 'without-rule-docs',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]core[\\/]rules[\\/]checks[\\/]\w+\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(/^ {2}docs: \{\n(?: {4}.*\n)* {2}\},\n/m, '');
      if (contents === source && /^ {2}docs:/m.test(source)) throw new Error(`${path}: its docs are not laid out as in the other rules`);
      return { contents, loader: 'ts' };
    });
  },
};

/** Settings without their descriptions: these are for the JSON Schema and the docs, which are made from the source. */
const withoutDescriptions = {
  name: 'without-descriptions',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]core[\\/]config[\\/]projectConfig\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replace(/\s*\.describe\((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)/g, ''), loader: 'ts' };
    });
  },
};

/** What is shipped checks data and makes no JSON Schema: what zod brings for that is left out of it. */
const withoutJsonSchema = {
  name: 'without-json-schema',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors|json-schema-generator)\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const names = [...source.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)].map(([, name]) => name);
      // Schemas make their `toJSONSchema` when they are made; nobody calls it.
      return { contents: names.map((name) => `export const ${name} = () => () => undefined;`).join('\n'), loader: 'js' };
    });
  },
};

/** Indentation inside of the pages' templates, and comments of their styles, are for us. */
const tightTemplates = {
  name: 'tight-templates',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]webview-ui[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const tight = (style) => style.replace(/\/\*[^]*?\*\//g, '').replace(/\s+/g, ' ').replace(/ ?([{};,]) ?/g, '$1').replace(/(?<!'): /g, ':');
      const contents = source.replace(/\bcss`([^`$]*)`/g, (_, style) => `css\`${tight(style)}\``).replace(/\n\s+(?=<|\$\{)/g, '\n');
      return { contents, loader: 'ts' };
    });
  },
};

const targets = {
  node: {
    ...shared,
    entryPoints: {
      cli: at('src/cli/main.ts'),
      runner: at('src/runner/main.ts'),
      // Loaded by the extension when a review is opened.
      reviewEngine: at('src/app/review/reviewEngine.ts'),
      // Loaded by it when a connection is tested.
      connectionTest: at('src/app/testConnection.ts'),
      // Threads that read datasets: they share their code with the command line.
      checkWorker: at('src/app/datasets/checkWorker.ts'),
      convertWorker: at('src/app/datasets/convertWorker.ts'),
      statsWorker: at('src/app/datasets/statsWorker.ts'),
      identityWorker: at('src/app/datasets/identityWorker.ts'),
    },
    plugins: [withoutJsonSchema, withoutDescriptions],
    outdir: at('dist'),
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    splitting: true,
    banner: { js: requireShim },
  },
  // Threads of the embedded engine and of record jobs: found by name in the assets folder, so they stand alone.
  workers: {
    ...shared,
    entryPoints: { engineWorker: at('src/embedded/worker/main.ts'), generationWorker: at('src/embedded/serving/generation/generationWorker.ts') },
    outdir: at('dist'),
    platform: 'node',
    format: 'esm',
    target: 'node20',
  },
  server: {
    ...shared,
    entryPoints: { server: at('src/server/main.ts') },
    plugins: [withoutRuleDocs, withoutJsonSchema, withoutDescriptions],
    outdir: at('dist'),
    platform: 'node',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    target: 'node20',
  },
  extension: {
    ...shared,
    // What most sessions never need is a bundle of its own, loaded when it is used: activation reads less.
    entryPoints: { extension: at('src/extension/main.ts'), languageClient: at('src/extension/language/startClient.ts') },
    plugins: [withoutJsonSchema, withoutDescriptions],
    outdir: at('dist'),
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
  },
  webview: {
    ...shared,
    entryPoints: { review: at('webview-ui/review/main.ts') },
    plugins: [withoutJsonSchema, withoutDescriptions, tightTemplates],
    charset: 'utf8',
    outdir: at('dist/webview'),
    platform: 'browser',
    format: 'esm',
    target: 'chrome130',
  },
};

function buildKernels() {
  const source = at('src/embedded/kernels/assembly/index.ts');
  execFileSync(
    process.execPath,
    [
      at('node_modules/assemblyscript/bin/asc.js'), source, '-o', at('dist/kernels.wasm'), '-O3', '--noAssert', '--runtime', 'stub',
      '--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory', '--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536',
    ],
    { stdio: 'inherit' },
  );
}

if (!watch) rmSync(at('dist'), { recursive: true, force: true });
mkdirSync(at('dist/meta'), { recursive: true });
buildKernels();
for (const [name, target] of Object.entries(targets)) {
  if (watch) {
    const c = await context(target);
    await c.watch();
  } else {
    const result = await build(target);
    writeFileSync(at('dist/meta', `${name}.json`), JSON.stringify(result.metafile));
  }
}
