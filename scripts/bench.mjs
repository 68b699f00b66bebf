// `npm run bench`: a table of every figure. `-- --json` prints one JSON array of the figures that have a goal; `-- NAME …` runs some of test/bench alone.
import { build } from 'esbuild';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensure } from './ensure.mjs';

const root = join(import.meta.dirname, '..');
process.chdir(root);
const args = process.argv.slice(2);
const json = args.includes('--json');
const names = args.filter((a) => !a.startsWith('-'));
const say = json ? (text) => console.error(text) : (text) => console.log(text);
ensure(say);

const out = join(root, '.cache/bench');
const benches = readdirSync(join(root, 'test/bench')).filter((f) => f.endsWith('.ts') && f !== 'row.ts').map((f) => f.slice(0, -3)).filter((f) => names.length === 0 || names.includes(f));
await build({
  entryPoints: benches.map((f) => join(root, 'test/bench', `${f}.ts`)),
  outdir: out, outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node', format: 'esm', target: 'node20', mainFields: ['module', 'main'], logLevel: 'warning', external: ['esbuild', 'playwright-core', 'undici'],
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  // The benches find the repository through import.meta.dirname; a bundle lies elsewhere.
  define: { 'import.meta.dirname': JSON.stringify(join(root, 'test/bench')) },
});

const rows = [];
for (const name of benches) {
  say(`measuring ${name} …`);
  const { rows: measure } = await import(pathToFileURL(join(out, `${name}.mjs`)).href);
  rows.push(...(await measure()));
}
if (json) console.log(JSON.stringify(rows.filter((r) => r.goal !== undefined), null, 2));
else printTable(rows);
process.exit(0);

function printTable(list) {
  const met = (r) => (r.goal === undefined ? '' : (r.better === 'lower' ? r.value <= r.goal : r.value >= r.goal) ? 'met' : 'MISSED');
  const cells = list.map((r) => [r.name, `${r.value.toLocaleString('en')} ${r.unit}`, r.goal === undefined ? '' : `${r.better === 'lower' ? '<=' : '>='} ${r.goal.toLocaleString('en')}`, met(r), r.peer ? `${r.peer.name}: ${r.peer.value.toLocaleString('en')}` : '']);
  const header = ['figure', 'value', 'goal', '', 'beside'];
  const widths = header.map((h, i) => Math.max(h.length, ...cells.map((c) => c[i].length)));
  for (const row of [header, ...cells]) console.log(row.map((c, i) => c.padEnd(widths[i])).join('  ').trimEnd());
}
