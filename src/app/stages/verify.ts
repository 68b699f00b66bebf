import { planVerify, preCheckEntry, verifyCases, voteOutcome, type FamilyExample, type VerifyCase, type VerifyContext } from '../../core/loop/jglv.ts';
import { promptVersion } from '../../core/llm/prompts/judge.ts';
import { paperVersion } from '../../core/llm/prompts/judgePaper.ts';
import { planThirdVotes } from '../../core/loop/thirdVote.ts';
import type { Decision } from '../../core/review/decision.ts';
import { roundGate, type RoundGate } from '../../core/review/measure/gate.ts';
import { foldProbe } from '../../core/rounds/fold.ts';
import { probeEntrySchema, verifyEntrySchema, type VerifyEntry } from '../../core/rounds/journalEntries.ts';
import { briefEntry } from '../../node/briefEntries.ts';
import { readJournal } from '../../node/appendJournal.ts';
import { briefProbe } from '../../node/probeLines.ts';
import { readDecisions } from '../decisionsFile.ts';
import { chooseExamples, readExamples } from '../judgeExamples.ts';
import { judge } from '../roundResults.ts';
import { askAll } from './askAll.ts';
import { countBy, thirdVotes } from './counts.ts';
import { StageJournal } from './stageJournal.ts';
import type { AskContext, Kept, StageContext, StageResult } from './stage.ts';

/** JGLV: every mismatch is decided by rule, or judged in both orders, and a third time where these leave the label open. */
export async function runVerify(context: StageContext): Promise<StageResult> {
  const { round, project, reporter } = context;
  const examples = await recordExamples(context);
  const gate = round.manifest.gate ?? (await recordGate(context, examples));
  const rows = await round.files.readTrainRows();
  const probes = foldProbe((await readJournal(round.files.journal('probe'), probeEntrySchema, briefProbe)).entries, rows);
  const cases = verifyCases(rows, probes);
  const journal = await StageJournal.open(round.files.journal('verify'), verifyEntrySchema, reporter, briefEntry(verifyEntrySchema));
  const { inForce } = (await readDecisions(project.files.root)).state;
  let simulated: boolean;
  let entries: readonly VerifyEntry[];
  try {
    simulated = await askVotes(context, cases, journal, { examples, decisionOf: (id) => inForce.get(id) });
    entries = await journal.read();
  } finally {
    await journal.close();
  }
  const judgements = [...(await judge(project, round, cases, entries)).values()];
  const held = judgements.filter((judgement) => judgement.held).length;
  const replaced = judgements.filter(({ relabel }) => relabel !== undefined).length;
  const refused = judgements.filter(({ refused: why }) => why !== undefined).length;
  const standing = judgements.filter(({ labelStands }) => labelStands).length;
  const people = judgements.filter(({ by }) => by === 'person').length;
  const notes: string[] = [`${gate.reason.slice(0, 1).toUpperCase()}${gate.reason.slice(1)}.`];
  if (simulated) notes.push('The judge is simulated: it knows the grammar of the demonstration data, and is wrong at a set rate.');
  if (judgements.length < cases.length) notes.push(`${cases.length - judgements.length} mismatches have no verdict: requests to the judge failed. They are left out of the next set.`);
  if (refused > 0) notes.push(`${refused} labels were called wrong but not replaced; they are for the review.`);
  if (standing > 0) notes.push(`${standing} samples keep their label without a verdict: the votes hold it right, and differ over the prediction.`);
  if (examples.length > 0) notes.push(`The judge is shown ${examples.length} decided cases (verify.fewShot).`);
  if (context.config.verify.protocol === 'paper') notes.push('The published protocol: one vote, the label always first (verify.protocol).');
  if (people > 0) notes.push(`${people} verdicts are decisions of people, which outrank the judge.`);
  return { counts: { judged: judgements.length, ...countBy(judgements, ({ verdict }) => verdict), replaced, held, standing, thirdVotes: thirdVotes(entries), 'gate.open': gate.open ? 1 : 0, ...prefixed('by', countBy(judgements, ({ by }) => by)) }, notes };
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [`${prefix}.${key}`, count]));
}

/** Chooses the examples once for the whole round: what is decided meanwhile changes nothing of it. */
async function recordExamples({ round, project }: StageContext): Promise<readonly FamilyExample[]> {
  const { fewShot, protocol } = round.manifest.config.verify;
  if (round.manifest.examples === undefined && round.manifest.gate === undefined && fewShot > 0 && protocol !== 'paper') {
    await round.update({ examples: [...(await chooseExamples(project, fewShot, (await readDecisions(project.files.root)).state))] });
  }
  return await readExamples(project, round.manifest.examples ?? []);
}

/** Looks at the gate once for the whole round: a resumed run goes by what is in the manifest, whatever was decided meanwhile. */
async function recordGate({ round, project, connections, ports, signal }: StageContext, examples: readonly FamilyExample[]): Promise<RoundGate> {
  const { identity } = await connections.judge(signal);
  const { state } = await readDecisions(project.files.root);
  const at = new Date(ports.clock.now()).toISOString();
  const { verify } = round.manifest.config;
  const asked = verify.protocol === 'paper' ? paperVersion : promptVersion(examples);
  const gate = roundGate(verify, { judge: identity.model, promptVersion: asked, simulated: identity.simulated }, state, at);
  await round.update({ gate });
  return gate;
}

export type VoteExtras = { readonly examples?: readonly FamilyExample[]; readonly decisionOf?: (sampleId: string) => Decision | undefined };

/** Decides or asks what of these cases has no word among the entries. True when a judge is simulated. */
export async function askVotes(context: AskContext, cases: readonly VerifyCase[], { read, keep }: Kept<VerifyEntry>, { examples = [], decisionOf }: VoteExtras = {}): Promise<boolean> {
  const { connections, signal, progress, config } = context;
  const { protocol, thirdVote } = config.verify;
  const connection = await connections.judge(signal);
  const verify: VerifyContext = { judge: connection.identity, sampling: connection.sampling, protocol, examples };
  const plan = planVerify(cases, await read(), verify);
  // Votes are what takes time, two for each case: they are what is counted.
  progress.start(plan.votes.length + plan.preChecks.length + plan.done, plan.done);
  const at = new Date(context.ports.clock.now()).toISOString();
  await Promise.all(plan.preChecks.map((check) => keep(preCheckEntry(check, at))));
  progress.add(plan.preChecks.length);
  await askAll(context, { role: 'judge', port: connection.port }, plan.votes, (ask, outcome, startedAt) => ({
    written: keep(voteOutcome(ask, outcome, verify, startedAt)),
  }));
  if (thirdVote === 'off' || protocol === 'paper') return connection.identity.simulated;
  const other = thirdVote === 'second' ? await connections.judge2(signal) : connection;
  const third = { judge: other.identity, sampling: other.sampling, examples, third: thirdVote };
  const more = planThirdVotes(cases, await read(), third, decisionOf);
  const before = plan.votes.length + plan.preChecks.length + plan.done;
  progress.update({ total: before + more.votes.length + more.done, done: before + more.done, detail: 'third votes' });
  await askAll(context, { role: thirdVote === 'second' ? 'judge2' : 'judge', port: other.port }, more.votes, (ask, outcome, startedAt) => ({
    written: keep(voteOutcome(ask, outcome, third, startedAt)),
  }));
  return connection.identity.simulated || other.identity.simulated;
}
