import { labelHash } from '../dataset/identity.ts';
import type { Label } from '../dataset/sample.ts';

/** A label that accepts the other one too. Undefined where it cannot have it as an alternative, or has it. */
export function withAlternative(label: Label, other: Label): Label | undefined {
  if (label.kind !== 'calls' || other.kind !== 'calls' || label.possible !== undefined || acceptsLabel(label, other)) return undefined;
  return { ...label, alternatives: [...(label.alternatives ?? []), other.calls] };
}

/** A label that accepts all of the others. Undefined where it cannot have one of them as an alternative. */
export function withAlternatives(label: Label, others: readonly Label[]): Label | undefined {
  let more: Label | undefined = label;
  for (const other of others) if (more !== undefined && !acceptsLabel(more, other)) more = withAlternative(more, other);
  return more;
}

/** Whether the other label is this one, or one of its alternatives. */
export function acceptsLabel(label: Label, other: Label): boolean {
  const hash = labelHash(other);
  if (labelHash(label) === hash) return true;
  if (label.kind !== 'calls' || other.kind !== 'calls') return false;
  return [label.calls, ...(label.alternatives ?? [])].some((calls) => labelHash({ kind: 'calls', calls }) === hash);
}
