// Makes the sample project's data and settings in media/sample from their seeds: `node scripts/makeSample.mjs [--out FOLDER]`.
import { runTypeScript } from './runTypeScript.mjs';

await runTypeScript('makeSample');
