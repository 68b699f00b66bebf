import type { AppliedChange, AppliedState } from './applied.ts';
import type { Decision } from './decision.ts';
import type { DecisionState } from './decisionState.ts';

/** What is to be taken back: all conditions together. Days are those of UTC, `YYYY-MM-DD`. */
export type RevertWhich = {
  /** Ids of decisions, of their groups, of applied changes or of batches: any of them. */
  readonly ids?: readonly string[] | undefined;
  readonly judge?: string | undefined;
  readonly promptVersion?: string | undefined;
  readonly rule?: string | undefined;
  readonly day?: string | undefined;
  readonly person?: string | undefined;
};

export type RevertSelection = {
  /** Applied changes that stand. */
  readonly changes: readonly AppliedChange[];
  /** Decisions that stand, applied or not. */
  readonly decisions: readonly Decision[];
};

/** Reverts are taken back only where their ids say so: else a day would be taken back and put again. */
export function selectReverts(which: RevertWhich, applied: AppliedState, { standing }: Pick<DecisionState, 'standing'>): RevertSelection {
  if (Object.values(which).every((condition) => condition === undefined)) return { changes: [], decisions: [] };
  const decisions = new Map(standing.filter((decision) => isDecisionMeant(decision, which)).map((decision) => [decision.id, decision]));
  const byId = new Map(standing.map((decision) => [decision.id, decision]));
  const changes = applied.standing.filter((change) => {
    const byDecision = change.decision !== undefined && decisions.has(change.decision) && change.reverts === undefined;
    return byDecision || isChangeMeant(change, change.decision === undefined ? undefined : byId.get(change.decision), which);
  });
  for (const { decision, reverts } of changes) {
    const stands = decision === undefined || reverts !== undefined ? undefined : byId.get(decision);
    if (stands !== undefined) decisions.set(stands.id, stands);
  }
  return { changes, decisions: [...decisions.values()] };
}

function isDecisionMeant({ id, group, at, by, source, way }: Decision, { ids, judge, promptVersion, rule, day, person }: RevertWhich): boolean {
  if (ids !== undefined) {
    if (!ids.includes(id) && (group === undefined || !ids.includes(group))) return false;
  } else if (way === 'revert') return false;
  if (judge !== undefined || promptVersion !== undefined) return false;
  return (rule === undefined || source === `rule:${rule}`) && (day === undefined || at.startsWith(day)) && (person === undefined || by === person);
}

function isChangeMeant({ id, batch, at, by, decision, decidedBy, reverts, source, judge: model, promptVersion: version }: AppliedChange, decided: Decision | undefined, which: RevertWhich): boolean {
  const { ids, judge, promptVersion, rule, day, person } = which;
  if (ids !== undefined) {
    if (![id, batch, ...(reverts === undefined ? [decision ?? ''] : [])].some((one) => ids.includes(one))) return false;
  } else if (reverts !== undefined) return false;
  if (judge !== undefined && (source !== 'judge' || model !== judge)) return false;
  if (promptVersion !== undefined && version !== promptVersion) return false;
  if (rule !== undefined && source !== `rule:${rule}`) return false;
  if (day !== undefined && !at.startsWith(day) && decided?.at.startsWith(day) !== true) return false;
  return person === undefined || (decidedBy ?? by) === person;
}
