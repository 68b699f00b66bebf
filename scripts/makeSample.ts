import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { sampleProjectFiles } from '../src/demo/sampleProject.ts';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'media/sample' } } });
for (const [path, text] of sampleProjectFiles()) {
  const file = join(values.out, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`${file}: ${Buffer.byteLength(text)} bytes`);
}
