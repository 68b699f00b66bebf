// Makes media/sample/initial.gguf from a seed, in less than 30 minutes on two cores: `node scripts/makeInitial.mjs [--steps N] [--out FOLDER]`.
import { runTypeScript } from './runTypeScript.mjs';

await runTypeScript('makeInitial', { engine: true });
