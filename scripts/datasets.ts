/* Runs every public dataset through the rules, as `looptool validate` does, and measures how many findings are true. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printExamples } from './datasets/examples.ts';
import { runDatasets } from './datasets/run.ts';
import { datasetRows, printSummary, withTables } from './datasets/tables.ts';
import { precisionOf, readVerdicts } from './datasets/verdicts.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' }, json: { type: 'boolean', default: false }, file: { type: 'string' }, examples: { type: 'string' }, rule: { type: 'string' },
    dataset: { type: 'string' }, write: { type: 'boolean', default: false },
  },
});
const verdictsFile = 'docs/datasets-verdicts.json';
const docsFile = 'docs/datasets.md';
const folder = options.data ?? [process.env['LOOPTOOL_SHARED'] ?? '', '../shared', '../../shared'].filter((path) => path !== '').map((path) => join(path, 'data')).find((path) => existsSync(path));
if (folder === undefined || !existsSync(join(folder, 'data'))) {
  console.error(`No datasets at ${folder ?? 'the usual places'}. Name a folder that holds data/<dataset>/ with --data DIR.`);
  process.exit(2);
}
const pattern = options.file === undefined ? undefined : new RegExp(options.file);
const datasets = await runDatasets(join(folder, 'data'), (path) => pattern === undefined || pattern.test(path));
const verdicts = existsSync(verdictsFile) ? readVerdicts(readFileSync(verdictsFile, 'utf8')) : [];
if (options.examples !== undefined) {
  await printExamples(datasets, verdicts, { most: Number(options.examples), rule: options.rule, dataset: options.dataset });
} else if (options.json) {
  console.log(JSON.stringify({ folder, datasets: datasetRows(datasets), rules: precisionOf(datasets, verdicts) }, null, 2));
} else {
  printSummary(datasets, precisionOf(datasets, verdicts));
}
if (options.write) writeFileSync(docsFile, withTables(readFileSync(docsFile, 'utf8'), datasets, precisionOf(datasets, verdicts)));
process.exitCode = datasets.some(({ files }) => files.some(({ failed }) => failed !== undefined)) ? 1 : 0;
