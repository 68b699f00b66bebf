// Generated inputs for everything that reads data: `npm run fuzz -- [--runs N] [--seed N] [--only AREA,…] [--from N] [--json]`. Exit code 1 on any broken promise.
import { runTypeScript } from './runTypeScript.mjs';

await runTypeScript('fuzz');
