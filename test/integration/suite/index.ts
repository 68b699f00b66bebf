import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** The editor calls this inside its extension host. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 30_000, reporter: 'spec' });
  // The tests are in this bundle: Mocha's globals have to be there before they are loaded.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import('./activation.test.ts');
  await import('./roundsTree.test.ts');
  await import('./corrections.test.ts');
  await import('./diagnostics.test.ts');
  await import('./datasets.test.ts');
  await import('./jobs.test.ts');
  const { passed, failed } = await new Promise<{ passed: number; failed: number }>((resolve) => {
    const runner = mocha.run((failures) => resolve({ passed: runner.stats?.passes ?? 0, failed: failures }));
  });
  const counts = process.env['LOOPTOOL_TEST_COUNTS'];
  if (counts) writeFileSync(counts, JSON.stringify({ passed, failed }));
  if (failed > 0) throw new Error(`${failed} test(s) failed`);
}
