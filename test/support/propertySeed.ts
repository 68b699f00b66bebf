// Property tests draw the same inputs in every run of `npm test`, so that a run says something about the change and not about the dice.
// LOOPTOOL_SEED=random draws new ones (a counterexample prints its seed), LOOPTOOL_SEED=<number> another fixed set, LOOPTOOL_RUNS=<n> another number of inputs for the properties that name none.
import fc from 'fast-check';

const seed = process.env['LOOPTOOL_SEED'] ?? '1';
const runs = process.env['LOOPTOOL_RUNS'];
fc.configureGlobal({
  ...(seed === 'random' ? {} : { seed: Number(seed) }),
  ...(runs === undefined ? {} : { numRuns: Number(runs) }),
});
