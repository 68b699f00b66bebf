import { planVerify, preCheckEntry, verifyCases, voteOutcome, type VerifyCase, type VerifyContext } from '../../core/loop/jglv.ts';
import { version } from '../../core/llm/prompts/judge.ts';
import { roundGate, type RoundGate } from '../../core/review/measure/gate.ts';
import { foldProbe } from '../../core/rounds/fold.ts';
import { probeEntrySchema, verifyEntrySchema, type VerifyEntry } from '../../core/rounds/journalEntries.ts';
import { AppendJournal, readJournal } from '../../node/appendJournal.ts';
import { readDecisions } from '../decisionsFile.ts';
import { judge } from '../roundResults.ts';
import { askAll } from './askAll.ts';
import { countBy } from './counts.ts';
import type { AskContext, Kept, StageContext, StageResult } from './stage.ts';

/** JGLV: every mismatch is decided by rule, or judged in both orders. */
export async function runVerify(context: StageContext): Promise<StageResult> {
  const { round, project, reporter } = context;
  const gate = round.manifest.gate ?? (await recordGate(context));
  const rows = await round.files.readTrainRows();
  const probes = foldProbe((await readJournal(round.files.journal('probe'), probeEntrySchema)).entries, rows);
  const cases = verifyCases(rows, probes);
  const { journal, reading } = await AppendJournal.open(round.files.journal('verify'), verifyEntrySchema);
  const entries: VerifyEntry[] = [...reading.entries];
  const keep = async (entry: VerifyEntry) => {
    await journal.append(entry);
    entries.push(entry);
  };
  let simulated: boolean;
  try {
    reading.warnings.forEach((warning) => reporter.warning(warning));
    simulated = await askVotes(context, cases, { entries, keep });
  } finally {
    await journal.close();
  }
  const judgements = [...(await judge(project, round, cases, entries)).values()];
  const held = judgements.filter((judgement) => judgement.held).length;
  const replaced = judgements.filter(({ relabel }) => relabel !== undefined).length;
  const refused = judgements.filter(({ refused: why }) => why !== undefined).length;
  const people = judgements.filter(({ by }) => by === 'person').length;
  const notes: string[] = [`${gate.reason.slice(0, 1).toUpperCase()}${gate.reason.slice(1)}.`];
  if (simulated) notes.push('The judge is simulated: it knows the grammar of the demonstration data, and is wrong at a set rate.');
  if (judgements.length < cases.length) notes.push(`${cases.length - judgements.length} mismatches have no verdict: requests to the judge failed. They are left out of the next set.`);
  if (refused > 0) notes.push(`${refused} labels were called wrong but not replaced; they are for the review.`);
  if (people > 0) notes.push(`${people} verdicts are decisions of people, which outrank the judge.`);
  return { counts: { judged: judgements.length, ...countBy(judgements, ({ verdict }) => verdict), replaced, held, 'gate.open': gate.open ? 1 : 0 }, notes };
}

/** Looks at the gate once for the whole round: a resumed run goes by what is in the manifest, whatever was decided meanwhile. */
async function recordGate({ round, project, connections, ports, signal }: StageContext): Promise<RoundGate> {
  const { identity } = await connections.judge(signal);
  const { state } = await readDecisions(project.files.root);
  const at = new Date(ports.clock.now()).toISOString();
  const gate = roundGate(round.manifest.config.verify, { judge: identity.model, promptVersion: version, simulated: identity.simulated }, state, at);
  await round.update({ gate });
  return gate;
}

/** Decides or asks what of these cases has no word among the entries. True when the judge is simulated. */
export async function askVotes(context: AskContext, cases: readonly VerifyCase[], { entries, keep }: Kept<VerifyEntry>): Promise<boolean> {
  const { connections, signal, progress } = context;
  const connection = await connections.judge(signal);
  const verify: VerifyContext = { judge: connection.identity, sampling: connection.sampling };
  const plan = planVerify(cases, entries, verify);
  // Votes are what takes time, two for each case: they are what is counted.
  progress.start(plan.votes.length + plan.preChecks.length + plan.done, plan.done);
  const at = new Date(context.ports.clock.now()).toISOString();
  await Promise.all(plan.preChecks.map((check) => keep(preCheckEntry(check, at))));
  progress.add(plan.preChecks.length);
  await askAll(context, { role: 'judge', port: connection.port }, plan.votes, (ask, outcome, startedAt) => ({
    written: keep(voteOutcome(ask, outcome, verify, startedAt)),
  }));
  return connection.identity.simulated;
}
