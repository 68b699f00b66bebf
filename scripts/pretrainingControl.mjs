// What further pre-training gives in the minutes that two rounds take: `node scripts/pretrainingControl.mjs [--seeds 5]`. A row of docs/experiment.md.
import { runTypeScript } from './runTypeScript.mjs';

await runTypeScript('pretrainingControl', { engine: true });
