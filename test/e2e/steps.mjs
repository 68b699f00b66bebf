// Numbered steps with a screenshot each, and the counts that the runner adds up.
import fs from 'node:fs';
import path from 'node:path';

export function stepper(page, shots) {
  fs.rmSync(shots, { recursive: true, force: true });
  fs.mkdirSync(shots, { recursive: true });
  const counts = { passed: 0, failed: 0 };
  let number = 0;
  return {
    counts,
    shot: (name) => page.screenshot({ path: path.join(shots, `${String(++number).padStart(2, '0')}-${name.replace(/\W+/g, '-')}.png`), animations: 'disabled' }),
    /** Runs one step; the first that fails ends the drive, since what follows builds on it. */
    async step(name, act) {
      const since = Date.now();
      try {
        await act();
        await this.shot(name);
        counts.passed++;
        console.log(`ok   ${name} (${Date.now() - since} ms)`);
      } catch (error) {
        counts.failed++;
        console.error(`FAIL ${name}\n${error instanceof Error ? error.stack : error}`);
        await page.screenshot({ path: path.join(shots, 'failure.png') }).catch(() => {});
        throw new Error(`step "${name}" failed`, { cause: error });
      }
    },
  };
}

/** Waits until `look` gives something, looking again every 100 ms. */
export async function until(look, what, timeoutMs = 60_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`no ${what} within ${timeoutMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The embedded engine's server of a project outlives jobs on purpose; a test leaves nothing behind. */
export function stopEngine(folder) {
  const file = path.join(folder, '.looptool/server.json');
  if (!fs.existsSync(file)) return;
  try {
    process.kill(JSON.parse(fs.readFileSync(file, 'utf8')).pid, 'SIGTERM');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
