// The experiment of docs/experiment.md: `node scripts/experiment.mjs [--seeds 5] [--arms loop,control,paper] [--out DIR]`. It needs a built dist/.
import { runTypeScript } from './runTypeScript.mjs';

await runTypeScript('experiment');
