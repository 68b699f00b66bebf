import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../../../src/core/random/rng.ts';
import type { Team } from '../../../src/embedded/team.ts';
import { ReferenceModel } from './referenceModel.ts';
import { mixedSequences, startTeam, tinyConfig } from './support.ts';

const config = tinyConfig({ heads: 4, kvHeads: 2 });
const sequences = mixedSequences(config);

describe('the backward pass', () => {
  let team: Team;
  beforeAll(async () => {
    team = await startTeam(config);
  });
  afterAll(() => team.close());

  it('agrees with central differences of a float64 model in every tensor', async () => {
    const w = Float64Array.from(team.weights);
    const stats = await team.gradients(sequences);
    const gradient = team.gradientSum();
    const reference = new ReferenceModel(config, w);
    const loss = (): number => sequences.reduce((a, s) => a + reference.loss(s), 0);
    expect(stats.loss).toBeCloseTo(loss(), 3);
    const rng = new Rng('entries');
    for (const t of team.layout.tensors) {
      let worst = 0;
      let size = 0.1;
      for (let n = 0; n < 4; n++) {
        // The embedding's rows that occur nowhere have tiny gradients; those of predicted tokens are the interesting ones.
        const row = t.name === 'embed' ? (sequences[0]?.segments[0]?.tokens[n + 2] ?? 0) : rng.int(t.rows);
        const i = t.offset + row * t.cols + rng.int(t.cols);
        const keep = w[i] ?? 0;
        const h = 1e-5;
        w[i] = keep + h;
        const up = loss();
        w[i] = keep - h;
        const numeric = (up - loss()) / (2 * h);
        w[i] = keep;
        worst = Math.max(worst, Math.abs(numeric - (gradient[i] ?? Number.NaN)));
        size = Math.max(size, Math.abs(numeric));
      }
      expect(worst / size, t.name).toBeLessThan(1e-3);
    }
  });

  it('scores every token as the float64 model does', async () => {
    const reference = new ReferenceModel(config, Float64Array.from(team.weights));
    const tokens = mixedSequences(config, 7)[1]?.segments[0]?.tokens ?? [];
    const scored = await team.score([{ prefix: [], segments: [{ tokens, lossFrom: 0, weight: 1 }] }]);
    const expected = reference.logProbs(tokens);
    expect(scored[0]?.[0]?.logProbs).toHaveLength(expected.length);
    scored[0]?.[0]?.logProbs.forEach((p, i) => expect(p).toBeCloseTo(expected[i] ?? 0, 3));
  });
});
