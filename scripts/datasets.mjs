// Rules over public datasets (docs/datasets.md): `npm run datasets [-- --data DIR] [--json] [--file PATTERN] [--examples N --rule R] [--write]`.
import { runTypeScript } from './runTypeScript.mjs';

await runTypeScript('datasets');
