import { Command as Program, Option } from 'commander';
import { version } from '../../package.json';
import { profiles } from '../core/rules/rule.ts';
import { stageNames, type StageName } from '../core/rounds/manifest.ts';
import { sampleActionKinds, type SampleActionKind } from '../protocol/sampleRequest.ts';
import type { RunCommand } from './context.ts';
import { outputContainers } from '../app/datasets/outputContainer.ts';
import { composeDryRunCommand } from './commands/composeDryRun.ts';
import { convertCommand, type ConvertCommandOptions } from './commands/convert.ts';
import { diffCommand, type DiffCommandOptions } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { expandPreviewCommand } from './commands/expandPreview.ts';
import { initCommand } from './commands/init.ts';
import { jobCommand } from './commands/job.ts';
import { sampleCommand } from './commands/sample.ts';
import { serveCommand } from './commands/serve.ts';
import { showCommand } from './commands/show.ts';
import { statsCommand, type StatsCommandOptions } from './commands/stats.ts';
import { statusCommand } from './commands/status.ts';
import { validateCommand, type ValidateCommandOptions } from './commands/validate.ts';
import { integerFrom } from './integerFrom.ts';
import { addReviewCommands } from './reviewProgram.ts';
import { findingFormats } from './writers/findingFormat.ts';
import { withSmallHeap } from './smallHeap.ts';

const stageHelp: Readonly<Record<StageName, string>> = {
  train: 'train the round\'s set with the configured trainer',
  probe: 'answer every sample of the set greedily and compare (GCP)',
  verify: 'have a judge decide mismatches, in both orders (JGLV)',
  expand: 'make new samples from errors (EDDE)',
  compose: 'make the next round with its training set',
  evaluate: 'measure the held-out sets',
};

/** The command line as commander sees it; `run` executes what was asked for; `serveLanguage` starts the language server on the transport that the arguments of the process name. */
export function createProgram(run: RunCommand, serveLanguage: () => Promise<void>): Program {
  const program = new Program('looptool')
    .description('Closes the loop between tool-call data and training: train, probe, verify, expand, compose, evaluate, in rounds.')
    .version(version)
    .showHelpAfterError('(looptool --help lists all commands)')
    // Options stand behind the command that they are of: `sample` has some of the names of its own commands.
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', '\nExit codes: 0 done, 1 findings (validate), differences (diff) or losses (convert --strict), 2 could not run, 130 stopped; a stopped command goes on when it is run again.');
  addProjectCommands(program, run);
  addJobCommands(program, run);
  addLanguageServer(program, serveLanguage);
  return program;
}

function addLanguageServer(program: Program, serveLanguage: () => Promise<void>): void {
  program
    .command('lsp')
    .description('language server for editors: findings, quick fixes, hovers and more in datasets, as in VS Code (docs/cli.md)')
    .option('--stdio', 'speak over standard input and output; so without any option')
    .option('--pipe <name>', 'speak over a named pipe or a Unix socket')
    .option('--socket <port>', 'speak over a TCP port of this machine')
    // Clients add what they like: the id of their process, for one.
    .allowUnknownOption()
    .allowExcessArguments()
    .exitOverride()
    .addHelpText('after', '\nThe editor starts it and ends it. It reads looptool.json of the folder of each document, or of one above.')
    .action(serveLanguage);
}

function withCommon(command: Program): Program {
  return command.option('--project <dir>', 'folder of looptool.json', '.').option('--json', 'events as NDJSON on standard output', false).exitOverride();
}

type Common = { readonly project: string; readonly json: boolean };

function addProjectCommands(program: Program, run: RunCommand): void {
  withCommon(program.command('init'))
    .description('make a project')
    .option('--sample', 'the demonstration: a small model, its data, simulated judge and generator', false)
    .option('--smoke', 'with --sample: the small one, a round in seconds', false)
    .action((options: Common & { sample: boolean; smoke: boolean }) =>
      run(initCommand({ project: options.project, sample: options.smoke ? 'smoke' : options.sample ? 'full' : 'none' }), options.json),
    );
  withCommon(program.command('serve'))
    .description('serve the embedded and simulated models of the project as an OpenAI-compatible server on loopback')
    .option('--port <number>', 'port; any free one when absent', integerFrom(1))
    .option('--idle-exit <seconds>', 'end when nobody has asked for so long', integerFrom(1))
    .addHelpText('after', '\nThe bearer key is that of the environment variable LOOPTOOL_SERVER_KEY; a random one, in .looptool/server.json, when it is not set.')
    .action((options: Common & { port?: number; idleExit?: number }) =>
      run(serveCommand({ project: options.project, port: options.port, key: process.env['LOOPTOOL_SERVER_KEY'], idleExitSeconds: options.idleExit }), options.json),
    );
  withCommon(program.command('status'))
    .description('rounds, stages, jobs and what to do next')
    .action((options: Common) => run(statusCommand(options.project), options.json));
  addDoctor(program, run);
  addDatasetCommands(program, run);
  addSampleCommands(program, run);
  addReviewCommands(program, run, withCommon);
}

type DoctorFlags = { readonly url?: string; readonly model?: string; readonly keyEnv?: string; readonly fresh: boolean; readonly wait: boolean; readonly discover: boolean };

function addDoctor(program: Program, run: RunCommand): void {
  withCommon(program.command('doctor'))
    .description('look at the servers behind the roles: which they are, log-probabilities, tools, reasoning, repeatability, and what to change for each problem (docs/servers.md)')
    .argument('[roles...]', 'policy, judge, judge2, generator; all that are bound when absent')
    .option('--url <address>', 'a server that no project knows, such as http://127.0.0.1:8000/v1')
    .option('--model <name>', 'with --url: the first that the server lists when absent')
    .option('--key-env <name>', 'with --url: environment variable that holds the key')
    .option('--fresh', 'ask again what was in order before', false)
    .option('--wait', 'wait up to five minutes for a server that starts or loads its model', false)
    .option('--discover', 'look for servers on the usual ports of this machine, and show the entries to paste', false)
    .addHelpText('after', '\nSends about forty short questions to each server, none of them of your data. Exit code 1: a role cannot work.')
    .action((roles: string[], { project, json, url, model, keyEnv, fresh, wait, discover }: Common & DoctorFlags) =>
      run(doctorCommand({ project, roles, url, model, apiKeyEnv: keyEnv, fresh, wait, discover }), json),
    );
}

const sampleHelp: Readonly<Record<SampleActionKind, string>> = {
  probe: 'have the policy answer one sample, and compare',
  judge: 'have the judge decide on the answer to one sample; probes it first where it was not',
  expand: 'make new samples from one',
  prompt: 'show the exact text that the policy is given, its tokens where the server counts them, and what the template leaves out; nothing is sent',
};

function addSampleCommands(program: Program, run: RunCommand): void {
  const sample = program.command('sample').description('ask about one sample of a dataset; goes into the round under way where that holds it, else into .looptool/scratch').enablePositionalOptions().exitOverride();
  for (const action of sampleActionKinds) {
    withCommon(sample.command(action))
      .description(sampleHelp[action])
      .argument('<file>', 'dataset that the sample stands in')
      .requiredOption('--record <number>', 'record of the file, from 1, as validate counts them', integerFrom(1))
      .option('--step <number>', 'assistant step of the record, from 1; the only one when absent', integerFrom(1))
      .action((file: string, { project, record, step, json }: Common & { record: number; step?: number }) =>
        run(sampleCommand({ project, action, target: { address: { file, record: record - 1, ...(step === undefined ? {} : { step: step - 1 }) } } }), json),
      );
  }
  withCommon(sample)
    .argument('[id]', 'sample of the newest round or of the datasets, with --prompt')
    .option('--prompt', 'as sample prompt does, for a sample by its id', false)
    .action((id: string | undefined, { project, json, prompt }: Common & { prompt: boolean }) => {
      if (id === undefined || !prompt) return sample.help({ error: true });
      return run(sampleCommand({ project, action: 'prompt', target: { sampleId: id } }), json);
    });
}

const steps = new Option('--steps <which>', 'assistant steps that are samples: those that call, the last one, all').choices(['calls', 'last', 'all']);

function addDatasetCommands(program: Program, runAny: RunCommand): void {
  const run: RunCommand = (command, json) => runAny(withSmallHeap(command), json);
  addValidate(program, run);
  addConvert(program, run);
  addStats(program, run);
  addDiff(program, run);
  withCommon(program.command('show'))
    .description('one record of a dataset file, of Parquet too, as JSON over several lines')
    .argument('<file>', 'the file')
    .requiredOption('--record <number>', 'from 1, as findings count them', integerFrom(1))
    .action((file: string, options: Common & { record: number }) => run(showCommand(file, options.record), options.json));
}

function addValidate(program: Program, run: RunCommand): void {
  withCommon(program.command('validate'))
    .description('check datasets by every rule: unreadable records, labels that break their tools, values from nowhere, duplicates (docs/rules.md)')
    .argument('[files...]', 'files or folders to check, - for standard input; the project\'s when absent')
    .option('--dialect <id>', 'read as this dialect instead of recognising it')
    .addOption(steps)
    .addOption(new Option('--profile <name>', 'severities to start from; that of looptool.json, else recommended').choices([...profiles]))
    .addOption(new Option('--format <format>', 'how findings are written').choices([...findingFormats]).default('human'))
    .addOption(new Option('--fail-on <severity>', 'weakest severity that makes the exit code 1').choices(['error', 'warning', 'information']).default('warning'))
    .option('--fix', 'put right what can be put right safely', false)
    .option('--dry-run', 'with --fix: show the changes as a diff, and write nothing', false)
    .option('--update-baseline', 'take all findings as known: only new ones are shown from now on', false)
    .option('--threads <number>', 'all cores when absent', integerFrom(1))
    .action((files: string[], options: Common & ValidateFlags) => {
      const { fix, dryRun, json: _json, ...rest } = options;
      return run(validateCommand({ ...rest, files, fix: fix ? (dryRun ? 'preview' : 'write') : dryRun ? 'preview' : 'off' }), options.json);
    });
}

function addConvert(program: Program, run: RunCommand): void {
  withCommon(program.command('convert'))
    .description('write datasets in another dialect or container, and say what the new rows do not hold (docs/cli.md)')
    .argument('<inputs...>', 'files or folders, - for standard input; written into one file in this order')
    .requiredOption('--to <dialect>', 'dialect of the new rows')
    .option('--from <dialect>', 'read as this dialect instead of recognising it')
    .addOption(steps)
    .option('-o, --output <file>', 'file to write, - for standard output', '-')
    .addOption(new Option('--container <kind>', 'by the name of the output when absent: .json a list, .parquet Parquet, else JSON Lines').choices([...outputContainers]))
    .option('--force', 'replace a file that is there', false)
    .option('--strict', 'end with 1 when something is not held', false)
    .option('--threads <number>', 'all cores when absent', integerFrom(1))
    .action((files: string[], { json, ...options }: Common & Omit<ConvertCommandOptions, 'files'>) => run(convertCommand({ ...options, files }), json));
}

function addStats(program: Program, run: RunCommand): void {
  withCommon(program.command('stats'))
    .description('tools, kinds of labels, lengths, findings and duplicates of datasets, counted')
    .argument('<files...>', 'files or folders, - for standard input')
    .option('--dialect <id>', 'read as this dialect instead of recognising it')
    .addOption(steps)
    .addOption(new Option('--profile <name>', 'severities of findings to start from; that of looptool.json, else recommended').choices([...profiles]))
    .option('--threads <number>', 'all cores when absent', integerFrom(1))
    .action((files: string[], { json, ...options }: Common & Omit<StatsCommandOptions, 'files'>) => run(statsCommand({ ...options, files }), json));
}

function addDiff(program: Program, run: RunCommand): void {
  withCommon(program.command('diff'))
    .description('what changed between two versions of a dataset, by sample and not by line, whatever their dialects')
    .argument('<old>', 'file or folder, - for standard input')
    .argument('<new>', 'file or folder, - for standard input')
    .option('--dialect <id>', 'read both as this dialect instead of recognising it')
    .addOption(steps)
    .option('--limit <number>', 'list so many samples of each kind; 10, or 1000 with --json, when absent', integerFrom(0))
    .option('--threads <number>', 'all cores when absent', integerFrom(1))
    .action((before: string, after: string, { json, ...options }: Common & Omit<DiffCommandOptions, 'before' | 'after'>) => run(diffCommand({ ...options, before, after }), json));
}

type ValidateFlags = Pick<ValidateCommandOptions, 'dialect' | 'steps' | 'profile' | 'format' | 'failOn' | 'updateBaseline' | 'threads'> & { readonly fix: boolean; readonly dryRun: boolean };

function addJobCommands(program: Program, run: RunCommand): void {
  withCommon(program.command('run'))
    .description('run rounds until so many are finished, going on where the project stands')
    .option('--rounds <number>', 'rounds in all', integerFrom(1), 1)
    .action((options: Common & { rounds: number }) => run(jobCommand(options.project, { kind: 'run', rounds: options.rounds }), options.json));
  for (const stage of stageNames) {
    const command = withCommon(program.command(stage)).description(stageHelp[stage]).option('--round <number>', 'round; the one under way when absent', integerFrom(1));
    if (stage === 'probe') command.option('--again <number>', 'ask so many samples greedily a second time, also when the stage is done: how far the server is deterministic', integerFrom(1));
    if (stage === 'expand') command.option('--preview', 'make and judge the first few (expand.preview), show them, and leave the rest', false);
    if (stage === 'compose') command.option('--dry-run', 'show where every sample would go, and write nothing', false);
    command.action((options: Common & { round?: number; again?: number; dryRun?: boolean; preview?: boolean }) => {
      const { project, round, again } = options;
      const asked = options.dryRun === true ? composeDryRunCommand({ project, round }) : options.preview === true ? expandPreviewCommand({ project, round }) : jobCommand(project, { kind: 'stage', stage, round, again });
      return run(asked, options.json);
    });
  }
}
