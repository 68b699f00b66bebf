// The judge experiment (docs/judge-experiment.md): `npm run experiment:judge [-- --seeds 5] [--data DIR] [--write]`.
import { runTypeScript } from './runTypeScript.mjs';

await runTypeScript('experimentJudge');
