// `npm run test:kill`: a round killed at 200 seeded moments (-- --kills N --seed S for others), compared with an undisturbed one,
// a round behind servers, where every request is counted, and reviewers killed as often while they decide, the whole host of the review
// among them. `-- --only decisions`, `--only review`, `--only rounds` or `--only servers` for one of them.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensure } from '../../scripts/ensure.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, only: { type: 'string' } } });
const files = { decisions: 'test/runner/decisionsKill.test.ts', review: 'test/runner/reviewKill.test.ts', rounds: 'test/runner/kill.test.ts', servers: 'test/runner/killRemote.test.ts' };
const chosen = Object.entries(files).flatMap(([name, file]) => (values.only === undefined || values.only === name ? [file] : []));
ensure();
const { status } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...chosen], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, LOOPTOOL_KILLS: values.kills, LOOPTOOL_KILL_SEED: values.seed },
});
process.exitCode = status ?? 1;
