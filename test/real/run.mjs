// `npm run test:real`: the program against a real llama.cpp server that serves the sample project's own checkpoint.
// The server is $LLAMA_SERVER, or `llama-server` on the path; without one everything is skipped, which is no failure.
// `-- --only tokens,answers` runs some steps, `-- --keep` leaves the working folder. docs/real-server.md says what is tested.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensure } from '../../scripts/ensure.mjs';
import { runBundled } from '../../scripts/runTypeScript.mjs';

const given = process.env.LLAMA_SERVER;
const server = given || onPath(process.platform === 'win32' ? 'llama-server.exe' : 'llama-server');
if (server === undefined) {
  console.log('test:real: skipped. There is no llama.cpp server: set LLAMA_SERVER to the path of llama-server, or put llama-server on the path.');
} else if (!existsSync(server)) {
  console.error(`test:real: LLAMA_SERVER names ${server}, which does not exist.`);
  process.exitCode = 2;
} else {
  ensure();
  await runBundled({ outName: 'testReal', entries: { testReal: 'test/real/main.ts', trainAndServe: 'test/real/support/trainAndServe.ts' }, env: { LLAMA_SERVER: server } });
}

function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '').map((folder) => join(folder, name)).find((path) => existsSync(path));
}
