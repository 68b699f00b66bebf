// Rules against real label corrections (docs/label-fixes.md): `npm run label-fixes [-- --data DIR] [--json] [--list] [--missed]`.
import { runTypeScript } from './runTypeScript.mjs';

await runTypeScript('labelFixes');
