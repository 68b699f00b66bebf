// The experiment of docs/experiment.md: `node scripts/experiment.mjs [--seeds 5] [--arms loop,control,paper,pretraining] [--out .cache/experiment] [--write]`.
// Takes about eight minutes per seed on two idle cores; what is finished is kept, so it can be stopped and run again. Needs `npm run build`.
import { runTypeScript } from './runTypeScript.mjs';

await runTypeScript('experiment', { engine: true });
