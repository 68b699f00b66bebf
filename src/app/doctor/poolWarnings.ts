import type { ServerReport } from '../../protocol/serverReport.ts';
import { serverTitles } from '../../node/servers/serverKnowledge.ts';

/** Replicas of a pool are taken to be the same model: where they are not, each one that differs from the first says so. */
export function withPoolWarnings(replicas: readonly ServerReport[]): readonly ServerReport[] {
  const first = replicas.find(({ works }) => works);
  if (!first) return replicas;
  return replicas.map((replica) => {
    if (replica === first || !replica.works) return replica;
    const differs = differences(first, replica);
    if (differs.length === 0) return replica;
    const warning = {
      id: 'replica-differs',
      severity: 'warning' as const,
      seen: `Replica ${replica.replica} is not like replica ${first.replica}: ${differs.join('; ')}.`,
      why: 'Which replica answers is chance, and changes no request key: answers of two models would stand in one journal as if they were of one.',
      fix: 'Serve the same weights with the same version and flags on all replicas, or take the one that differs out of the pool.',
    };
    return { ...replica, warnings: [...replica.warnings, warning] };
  });
}

function differences(a: ServerReport, b: ServerReport): readonly string[] {
  const found: string[] = [];
  const compare = (what: string, left: string | number | null | undefined, right: string | number | null | undefined): void => {
    if (left !== right && left !== undefined && right !== undefined) found.push(`${what} ${left ?? 'unknown'} and ${right ?? 'unknown'}`);
  };
  compare('server', serverTitles[a.kind], serverTitles[b.kind]);
  compare('version', a.version, b.version);
  compare('context', a.ctx, b.ctx);
  compare('weights', a.weights, b.weights);
  if (a.fingerprint && b.fingerprint && a.fingerprint !== b.fingerprint) found.push('other answers to the same three questions');
  compare('tool calls', a.tools?.mode, b.tools?.mode);
  compare('log-probabilities', a.logprobs?.mode, b.logprobs?.mode);
  return found;
}
