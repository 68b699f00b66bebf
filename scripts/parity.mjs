// Parity with the references, row by row: `npm run parity [-- --data DIR] [--json]`. Exit code 1 on any disagreement, 2 where the data is missing.
import { runTypeScript } from './runTypeScript.mjs';

await runTypeScript('parity');
