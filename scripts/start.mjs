// `npm start`: makes this checkout ready, then runs two rounds of the loop on the sample project, with the command line that users get.
//   npm start -- --project DIR   another project (its own looptool.json)
//   npm start -- --rounds N      so many rounds in all
//   npm start -- --fresh         the sample project from the beginning
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensure } from './ensure.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sample = join(root, 'sample-project');
const cli = join(root, 'dist', 'cli.js');

const help = `npm start -- [--project DIR] [--rounds N] [--fresh]
  --project DIR  a project of yours (looptool.json); the sample project in ./sample-project when absent
  --rounds N     rounds in all, 2 when absent
  --fresh        start from the beginning: removes ./sample-project, of DIR only its .looptool/rounds`;

async function main() {
  const options = parse();
  if (options === undefined) return 2;
  if (options.help) {
    console.log(help);
    return 0;
  }
  const started = performance.now();
  ensure();
  const project = options.project === undefined ? sample : resolve(options.project);
  if (options.fresh) {
    const job = runningJob(project);
    if (job !== undefined) {
      console.error(`A job of this project is running (${job.command}, process ${job.pid} on ${job.host}): --fresh would remove its files. Wait for it or stop it, then run the command again.`);
      return 2;
    }
    startAfresh(project, options.project !== undefined);
  }
  const name = relative(process.cwd(), project) || '.';
  if (!existsSync(join(project, 'looptool.json'))) {
    if (options.project !== undefined) {
      console.error(`There is no looptool.json in ${project}. Make one with: node dist/cli.js init --project ${name}`);
      return 2;
    }
    console.log(`Making the sample project in ${name}: a small language model, its data, a simulated judge and generator.`);
    const made = spawnSync(process.execPath, [cli, 'init', '--sample', '--project', project], { stdio: ['ignore', 'ignore', 'inherit'] });
    if (made.status !== 0) return made.status ?? 2;
  }
  console.log(`Running ${options.rounds} rounds: train, probe, verify, expand, compose, evaluate. Ctrl-C stops; npm start goes on where it stood.\n`);
  const status = await runRounds(name, options.rounds);
  if (status === 0) console.log(`\nDone in ${Math.round((performance.now() - started) / 1000)} s. Everything that was made is in ${join(name, '.looptool')}; "looptool" above stands for: node ${relative(process.cwd(), cli)}`);
  return status;
}

function parse() {
  try {
    const { values } = parseArgs({
      options: { project: { type: 'string' }, rounds: { type: 'string', default: '2' }, fresh: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds needs a whole number from 1.');
    return { ...values, rounds };
  } catch (error) {
    console.error(`${error.message}\n${help}`);
    return undefined;
  }
}

/** The owner of a round's lock, if it lives; of one on another computer nothing is known, so it counts as alive. */
function runningJob(project) {
  const rounds = join(project, '.looptool', 'rounds');
  for (const round of existsSync(rounds) ? readdirSync(rounds) : []) {
    try {
      const lock = JSON.parse(readFileSync(join(rounds, round, 'round.lock'), 'utf8'));
      if (lock.host !== hostname() || isAlive(lock)) return lock;
    } catch {
      // No lock, or one that says nothing: the round is free.
    }
  }
  return undefined;
}

/** Not a dead process that nobody has waited for, nor a later one with the same number; /proc tells, where there is one. */
function isAlive({ pid, mark }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return true;
  // From the third field on; the second, the name, may hold blanks and brackets.
  const fields = readFileSync(stat, 'utf8').split(')').at(-1).trim().split(' ');
  return fields[0] !== 'Z' && (mark === undefined || mark === fields[19]);
}

/** Only what the product made is removed: of a project of one's own the rounds, never its data or decisions. */
function startAfresh(project, ownProject) {
  const target = ownProject ? join(project, '.looptool', 'rounds') : project;
  if (!existsSync(target)) return;
  console.log(`Starting afresh: removing ${relative(process.cwd(), target)}.`);
  rmSync(target, { recursive: true, force: true });
}

/** The terminal sends Ctrl-C to both processes; this one waits for the other to stop cleanly. */
function runRounds(project, rounds) {
  const child = spawn(process.execPath, [cli, 'run', '--rounds', String(rounds), '--project', project], { stdio: 'inherit' });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => (name === 'SIGINT' ? undefined : child.kill(name)));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 2));
  });
}

process.exitCode = await main().catch((error) => {
  console.error(error.message);
  return 2;
});
