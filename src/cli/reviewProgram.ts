import { InvalidArgumentError, Option, type Command as Program } from 'commander';
import { queueFilterSchema, queueOrders, queueSpecSchema, type QueueSpec } from '../core/review/queue/queueSpec.ts';
import { LoopToolError } from '../core/errors.ts';
import { rulings } from '../core/review/decision.ts';
import { reviewDecideCommand, reviewExportCommand, reviewListCommand, reviewStatsCommand, type DecideFlags } from './commands/review.ts';
import { reviewApplyCommand, reviewRevertCommand } from './commands/reviewApply.ts';
import { userName } from '../app/userName.ts';
import { integerFrom } from './integerFrom.ts';
import type { RunCommand } from './context.ts';

type Common = { readonly project: string; readonly json: boolean };
type Source = { readonly round?: number; readonly predictions?: string; readonly by?: string };

/** `looptool review …`: what the review does, on the same files. */
export function addReviewCommands(program: Program, run: RunCommand, withCommon: (command: Program) => Program): void {
  const review = program.command('review').description('people\'s decisions on labels: list, make, apply and take back').exitOverride();
  addList(withCommon(review.command('list')), run);
  addDecide(withCommon(review.command('decide')), run);
  withCommon(review.command('apply'))
    .description('carry decisions into the datasets; shows the changes, and writes them with --write')
    .option('--predictions <file>', 'also into the files that the samples of a file of predictions stand in')
    .option('--write', 'write the changes, keeping a copy of each file', false)
    .option('--drop', 'take records out all of whose samples people dropped; they are listed otherwise', false)
    .option('--verdicts', 'carry over what the loop replaced by the judge\'s word, too, where no person decided', false)
    .option('--by <name>', 'who applies; you when absent')
    .action(({ json, ...options }: Common & { predictions?: string; write: boolean; drop: boolean; verdicts: boolean; by?: string }) => run(reviewApplyCommand(options), json));
  addRevert(withCommon(review.command('revert')), run);
  withSource(withCommon(review.command('stats')))
    .description('decisions counted by ruling, person and day, what was applied, and how the judge did')
    .action(({ project, json, round, predictions }: Common & Source) => run(reviewStatsCommand({ project, round, predictions }), json));
  withSource(withCommon(review.command('export')))
    .description('Markdown for whoever keeps the dataset: label, why it is wrong, evidence, the change of the record')
    .argument('<samples...>', 'ids of samples')
    .option('-o, --output <file>', 'file to write, - for standard output', '-')
    .action((sampleIds: string[], { json, output, ...options }: Common & Source & { output: string }) => run(reviewExportCommand({ ...options, sampleIds }, output), json));
}

function withSource(command: Program): Program {
  return command
    .option('--round <number>', 'pairs of this round; of the newest one that was probed when absent', integerFrom(1))
    .addOption(new Option('--predictions <file>', 'pairs of a file of predictions').conflicts('round'))
    .option('--by <name>', 'who decides; you when absent');
}

type ListFlags = Common & Source & {
  readonly verdict?: string[];
  readonly tool?: string[];
  readonly kind?: string[];
  readonly rule?: string[];
  readonly outcome?: string[];
  readonly origin?: string[];
  readonly text?: string;
  readonly undecided: boolean;
  readonly decided: boolean;
  readonly conflicts: boolean;
  readonly mine: boolean;
  readonly share?: string;
  readonly order: QueueSpec['order'];
  readonly limit: number;
};

function addList(command: Program, run: RunCommand): void {
  withSource(command)
    .description('the pairs of label and prediction that wait for a person, most worth a look first')
    .option('--verdict <verdicts...>', 'LABEL_WRONG, PRED_WRONG, BOTH_CORRECT, BOTH_WRONG, NO_CONSENSUS or unjudged')
    .option('--outcome <outcomes...>', 'MISMATCH, TRUNCATED, INVALID, EMPTY, …')
    .option('--tool <names...>', 'tools that either side calls')
    .option('--kind <kinds...>', 'kinds of difference (docs/comparer.md), truncated, invalid, empty')
    .option('--rule <ids...>', 'rules with a finding on either side')
    .option('--origin <origins...>', 'seed, errorSeed, labelRefined, expansion, …')
    .option('--text <words>', 'words that must all stand in the request or the calls')
    .addOption(new Option('--undecided', 'only pairs without a decision').default(false).conflicts(['decided', 'conflicts']))
    .addOption(new Option('--decided', 'only pairs with a decision').default(false).conflicts('conflicts'))
    .option('--conflicts', 'only pairs that people disagree on', false)
    .option('--mine', 'only pairs that you decided on', false)
    .option('--share <index/of>', 'your share of several reviewers: 1/3, 2/3 or 3/3')
    .addOption(new Option('--order <order>', 'what comes first').choices([...queueOrders]).default('value'))
    .option('--limit <number>', 'list so many', integerFrom(0), 20)
    .action((flags: ListFlags) => run(reviewListCommand(() => ({ project: flags.project, round: flags.round, predictions: flags.predictions, by: flags.by, spec: specOf(flags), limit: flags.limit })), flags.json));
}

function specOf({ verdict, tool, kind, rule, outcome, origin, text, undecided, decided, conflicts, mine, share, order, by }: ListFlags): QueueSpec {
  const state = undecided ? 'undecided' : decided ? 'decided' : conflicts ? 'conflict' : 'all';
  const filter = queueFilterSchema.safeParse({ verdicts: verdict, tools: tool, kinds: kind, rules: rule, outcomes: outcome, origins: origin, text, state, ...(mine ? { decidedBy: by ?? userName() } : {}), ...(share === undefined ? {} : { share: shareOf(share) }) });
  if (filter.success) return queueSpecSchema.parse({ filter: filter.data, order });
  const issue = filter.error.issues[0];
  throw new LoopToolError('usage', `--${String(issue?.path[0] ?? 'filter').replace(/s$/, '')}: ${issue?.message ?? 'not understood'}`);
}

function shareOf(text: string): { readonly index: number; readonly of: number } {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const share = { index: Number(index) - 1, of: Number(of) };
  if (index === undefined || share.index < 0 || share.index >= share.of) throw new LoopToolError('usage', 'A share is like 1/3: yours, and of how many.');
  return share;
}

function addDecide(command: Program, run: RunCommand): void {
  withSource(command)
    .description('rule on one pair, or on those of the standard input; on disk when it ends')
    .argument('[sample]', 'id of the sample, or - for NDJSON: {"sampleId", "ruling", "label"?, "labelHash"?, "note"?, "confirmed"?} a line')
    .argument('[ruling]', rulings.join(', '))
    .option('--label <json>', 'for edit: the label as JSON (an object with its kind, a list of calls, a text), or a file with it')
    .option('--label-hash <hash>', 'refuse where another label stands there')
    .option('--note <text>', 'why')
    .option('--confirm', 'store a label that breaks its tool\'s definition', false)
    .option('--undo', 'take your last decision back, or the last batch', false)
    .option('--redo', 'put back what the last --undo took', false)
    .addHelpText('after', '\nSeveral decisions of one standard input are one undo. Exit code 1 when one of them was refused.')
    .action((sampleId: string | undefined, ruling: string | undefined, { project, json, round, predictions, by, ...flags }: Common & Source & Omit<DecideFlags, 'sampleId' | 'ruling'>) => run(reviewDecideCommand({ project, round, predictions, by }, { ...flags, sampleId, ruling }), json));
}

type RevertFlags = Common & { readonly judge?: string; readonly promptVersion?: string; readonly rule?: string; readonly day?: string; readonly person?: string; readonly write: boolean; readonly by?: string };

function addRevert(command: Program, run: RunCommand): void {
  command
    .description('take decisions and applied labels back, in the datasets and in the loop; shows it, and does it with --write')
    .argument('[ids...]', 'decisions, applied changes, or batches of apply or revert')
    .option('--judge <model>', 'all that this judge replaced')
    .option('--prompt-version <version>', 'all that a judge replaced with this prompt')
    .option('--rule <id>', 'all that fixes of this rule changed')
    .option('--day <date>', 'all of a day (UTC), YYYY-MM-DD', day)
    .option('--person <name>', 'all of a person')
    .option('--write', 'do it, keeping a copy of each file', false)
    .option('--by <name>', 'who takes it back; you when absent')
    .addHelpText('after', '\nConditions hold together. A revert can be reverted by its batch. Exit code 1 when something was refused.')
    .action((ids: string[], { project, json, write, by, ...conditions }: RevertFlags) => {
      const { judge, promptVersion, rule, day: date, person } = conditions;
      return run(reviewRevertCommand({ project, write, by, which: { ids: ids.length === 0 ? undefined : ids, judge, promptVersion, rule, day: date, person } }), json);
    });
}

function day(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new InvalidArgumentError('A day is like 2026-01-31.');
  return text;
}
