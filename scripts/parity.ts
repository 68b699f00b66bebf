import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measurements, measure, type Measured } from '../test/builders/parity.ts';

const { values: flags } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'boolean', default: false }, show: { type: 'string', default: '10' } } });
const folder = flags.data ?? [process.env['LOOPTOOL_SHARED'] ?? '', '../shared', '../../shared'].filter((path) => path !== '').map((path) => join(path, 'data')).find((path) => existsSync(path));

const results: Measured[] = [];
const missing: string[] = [];
for (const measurement of measurements) {
  const path = join(folder ?? '', measurement.file);
  if (folder === undefined || !existsSync(path)) missing.push(measurement.file);
  else results.push(measure(measurement, readFileSync(path, 'utf8'), Number(flags.show)));
}
const agreed = results.every((result) => result.agreed === result.rows);
if (flags.json) console.log(JSON.stringify({ folder: folder ?? null, missing, measurements: results }, null, 2));
else printTable();
process.exitCode = missing.length > 0 ? 2 : agreed ? 0 : 1;

function printTable(): void {
  for (const result of results) {
    const share = result.rows === 0 ? '' : `${((100 * result.agreed) / result.rows).toFixed(2)} %`;
    console.log(`${result.file.padEnd(36)} ${result.what.padEnd(34)} ${String(result.rows).padStart(6)} rows  ${String(result.agreed).padStart(6)} agree  ${share}`);
    for (const row of result.disagreements) console.log(`    ${row.id}: reference ${row.reference}, here ${row.here}`);
  }
  for (const file of missing) console.log(`${file.padEnd(36)} missing${folder === undefined ? ': no data folder found, give one with --data DIR' : ` in ${folder}`}`);
}
