import { foldEvaluate, foldProbe, foldVerify } from '../core/rounds/fold.ts';
import { foldRepeats, passesOf } from '../core/rounds/foldRepeats.ts';
import type { EvaluateEntry, ProbeEntry, RepeatEntry, VerifyEntry } from '../core/rounds/journalEntries.ts';
import { isJsonObject } from '../core/json/value.ts';
import type { Difference } from '../core/toolcall/difference.ts';
import { isMatch, isMismatch } from '../core/toolcall/outcome.ts';
import { grouped, type Bucket, type BucketMember } from './buckets.ts';
import type { FollowedLines } from './followedLines.ts';
import { entriesOf, type Placed } from './placedLines.ts';
import type { Mismatches } from './roundMismatches.ts';
import { oneLine } from './sampleTitle.ts';

/** Probed samples by outcome, what went wrong first. */
export function outcomeBuckets(lines: FollowedLines<Placed<ProbeEntry>>): readonly Bucket[] {
  const { entries, placeOf } = entriesOf(lines);
  const member = (entry: ProbeEntry): BucketMember => ({ sampleId: entry.sampleId, detail: probeDetail(entry), entry: placeOf(entry), reviewable: isMismatch(entry.outcome) });
  const probes = [...foldProbe(entries).values()];
  const outcomes = grouped(probes, ['MISMATCH', 'TRUNCATED', 'INVALID', 'EMPTY', 'ERROR', 'MATCH', 'MATCH_UNVERIFIED'], (entry) => entry.outcome, member);
  const mismatches = probes.filter(({ outcome }) => outcome === 'MISMATCH');
  const places = grouped(mismatches, [...new Set(mismatches.map(differencePlace))].sort(), differencePlace, member);
  // One more level is worth its click only where it tells samples apart.
  const byPlace = places.length > 1 ? places : [];
  const unstable = grouped(probes.filter((entry) => entry.unstable !== undefined), [], () => 'unstable', member);
  return [...outcomes.map((bucket) => (bucket.key === 'MISMATCH' && byPlace.length > 0 ? { ...bucket, children: byPlace } : bucket)), ...unstable];
}

/** Tool, argument and kind of the first difference, as in `get_weather.city: value`. Ids of buckets are paths with `/` between their parts. */
function differencePlace({ comparison, prediction }: ProbeEntry): string {
  const first = comparison?.differences[0];
  if (first === undefined) return 'text';
  const [index, argument] = first.path;
  const paired = typeof index === 'number' ? (first.kind === 'extra-call' ? index : comparison?.pairs[index]) : undefined;
  const place = [expectedName(first) ?? (paired === undefined ? undefined : prediction?.calls[paired]?.name), typeof argument === 'string' ? argument : undefined].filter((part) => part !== undefined).join('.');
  return (place === '' ? first.kind : `${place}: ${first.kind}`).replaceAll('/', '\u2215');
}

/** What the label calls, where the prediction calls something else or nothing. */
function expectedName({ kind, expected }: Difference): string | undefined {
  const name = kind === 'name' ? expected : kind === 'missing-call' && expected !== undefined && isJsonObject(expected) ? expected['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function probeDetail(entry: ProbeEntry): string {
  const what = entry.comparison?.differences[0]?.message ?? entry.error ?? entry.prediction?.warnings[0];
  const unstable = entry.unstable === undefined ? undefined : 'answered otherwise when asked again';
  return oneLine([unstable, what, entry.ppl === null ? undefined : `ppl ${entry.ppl.toFixed(2)}`].filter((part) => part !== undefined).join(' · '));
}

/** Mismatched samples by verdict, those that ask for a person first. */
export function verdictBuckets(lines: FollowedLines<Placed<VerifyEntry>>, { rows, judgements }: Mismatches): readonly Bucket[] {
  const { entries, placeOf } = entriesOf(lines);
  const last = foldVerify(entries);
  const member = (sampleId: string): BucketMember => {
    const fold = last.get(sampleId);
    const entry = fold?.preCheck ?? fold?.votes.at(-1);
    return { sampleId, detail: oneLine(judgements.get(sampleId)?.analysis ?? ''), entry: entry && placeOf(entry), reviewable: true };
  };
  return grouped(rows.keys(), ['LABEL_WRONG', 'NO_CONSENSUS', 'BOTH_CORRECT', 'BOTH_WRONG', 'PRED_WRONG', 'UNJUDGED'], (id) => judgements.get(id)?.verdict ?? 'UNJUDGED', member);
}

/** Samples that were asked several times with sampling: right sometimes, which comes first, never and always. */
export function repeatBuckets(lines: FollowedLines<Placed<ProbeEntry>>, repeats: FollowedLines<Placed<RepeatEntry>>): readonly Bucket[] {
  if (repeats.items.length === 0) return [];
  const { entries, placeOf } = entriesOf(lines);
  const probes = foldProbe(entries);
  const folded = foldRepeats(entriesOf(repeats).entries, [...probes.values()].map(({ sampleId, labelHash }) => ({ id: sampleId, labelHash })));
  const items = [...folded].flatMap(([id, one]) => {
    const [probe, passes] = [probes.get(id), passesOf(one, isMatch)];
    return probe === undefined || passes === undefined ? [] : [{ probe, passes, key: passes.right === 0 ? 'neverRight' : passes.right === passes.n ? 'alwaysRight' : 'flaky' }];
  });
  const member = ({ probe, passes }: (typeof items)[number]): BucketMember => ({ sampleId: probe.sampleId, detail: oneLine(`${passes.right}/${passes.n} \u00b7 ${probe.outcome}`), entry: placeOf(probe), reviewable: isMismatch(probe.outcome) });
  const children = grouped(items, ['flaky', 'neverRight', 'alwaysRight'], ({ key }) => key, member);
  return items.length === 0 ? [] : [{ key: 'repeated', members: items.map(member), children }];
}

/** Held-out sets; where both were measured, paired over samples: what the round's training broke and what it fixed come first. */
export function heldOutBuckets(lines: FollowedLines<Placed<EvaluateEntry>>): readonly Bucket[] {
  const { entries, placeOf } = entriesOf(lines);
  return [...foldEvaluate(entries)].map(([key, { before, after }]) => {
    const ids = [...new Set([...before.keys(), ...after.keys()])];
    const member = (sampleId: string): BucketMember => {
      const entry = after.get(sampleId) ?? before.get(sampleId);
      return { sampleId, detail: entry ? evaluateDetail(entry) : '', entry: entry && placeOf(entry), reviewable: false };
    };
    const keyOf = (id: string): string => change(before.get(id), after.get(id));
    return { key, members: ids.map(member), children: grouped(ids, ['broken', 'fixed', 'stillWrong', 'stillRight', 'wrong', 'right', 'ERROR'], keyOf, member) };
  });
}

/** A failed request is no answer: it is neither right nor wrong. */
function change(before: EvaluateEntry | undefined, after: EvaluateEntry | undefined): string {
  const answered = [before, after].filter((entry) => entry !== undefined && entry.outcome !== 'ERROR');
  const [first, second] = answered.map((entry) => entry !== undefined && isMatch(entry.outcome));
  if (first === undefined) return 'ERROR';
  if (second === undefined) return first ? 'right' : 'wrong';
  if (first) return second ? 'stillRight' : 'broken';
  return second ? 'fixed' : 'stillWrong';
}

function evaluateDetail({ error, prediction, outcome }: EvaluateEntry): string {
  const calls = prediction?.calls.map((call) => call.name).join(', ');
  return oneLine(error ?? (calls || prediction?.text || outcome));
}
