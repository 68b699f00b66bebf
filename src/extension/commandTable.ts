import { commands, l10n, workspace, type Disposable } from 'vscode';
import { LoopToolError } from '../core/errors.ts';
import { reportError } from './errors.ts';
import type { Services } from './services.ts';

type Handler = {
  /** Sends, runs or writes: refused in Restricted Mode whatever the `when` clauses let through. */
  readonly trusted: boolean;
  /** `others`: of a menu on several things, all of them. */
  readonly run: (services: Services, argument: unknown, others: unknown) => Promise<void>;
};

const trusted = (run: Handler['run']): Handler => ({ trusted: true, run });
const reading = (run: Handler['run']): Handler => ({ trusted: false, run });

/** Every command of package.json. What a command needs is loaded when it is first used. */
export const commandTable: Readonly<Record<string, Handler>> = {
  'looptool.newProject': trusted(async (s) => (await import('./commands/newProject.ts')).newProject(s)),
  'looptool.newSampleProject': trusted(async (s) => (await import('./commands/newProject.ts')).newSampleProject(s)),
  'looptool.startIteration': trusted(async (s, a) => (await import('./commands/jobCommands.ts')).startIteration(s, a)),
  'looptool.runStage': trusted(async (s, a) => (await import('./commands/jobCommands.ts')).runStage(s, a)),
  'looptool.probeAgain': trusted(async (s, a) => (await import('./commands/jobCommands.ts')).probeAgain(s, a)),
  'looptool.stop': trusted(async (s) => (await import('./commands/jobCommands.ts')).stop(s)),
  'looptool.resume': trusted(async (s) => (await import('./commands/jobCommands.ts')).resume(s)),
  'looptool.jobMenu': reading(async (s) => (await import('./commands/jobCommands.ts')).jobMenu(s)),
  'looptool.openReview': trusted(async (s, a) => (await import('./commands/openReview.ts')).openReview(s, a)),
  'looptool.reviewPredictions': trusted(async (s, a) => (await import('./commands/openReview.ts')).reviewPredictions(s, a)),
  'looptool.measureJudge': trusted(async (s, a) => (await import('./commands/openReview.ts')).measureJudge(s, a)),
  'looptool.openQueue': trusted(async (s, a) => (await import('./commands/openReview.ts')).openQueue(s, a)),
  'looptool.applyCorrections': trusted(async (s, a) => (await import('./corrections/applyCorrections.ts')).previewCorrections(s, a)),
  'looptool.confirmCorrections': trusted(async (s) => (await import('./corrections/applyCorrections.ts')).confirmCorrections(s)),
  'looptool.discardCorrections': reading(async (s) => (await import('./corrections/applyCorrections.ts')).discardCorrections(s)),
  'looptool.revertCorrections': trusted(async (s, a) => (await import('./corrections/revertCorrections.ts')).revertCorrections(s, a)),
  'looptool.exportIssue': trusted(async (s, a) => (await import('./corrections/exportIssues.ts')).exportIssues(s, a)),
  'looptool.testConnection': trusted(async (s, a) => (await import('./commands/connectionCommands.ts')).testConnection(s, a)),
  'looptool.discoverServers': trusted(async (s, a) => (await import('./servers/discoverServers.ts')).discoverLocalServers(s, a)),
  'looptool.setKey': trusted(async (s) => (await import('./commands/connectionCommands.ts')).setKey(s)),
  'looptool.clearKey': trusted(async (s) => (await import('./commands/connectionCommands.ts')).clearKey(s)),
  'looptool.showLog': reading(async (s) => s.log.show(true)),
  'looptool.showReport': trusted(async (s, a) => (await import('./commands/showReport.ts')).showReport(s, a)),
  'looptool.refresh': reading((s) => s.refresh()),
  'looptool.openConfig': reading(async (s, a) => (await import('./commands/openFiles.ts')).openConfig(s, a)),
  'looptool.openJournal': reading(async (s, a) => (await import('./commands/openFiles.ts')).openJournal(s, a)),
  'looptool.openSample': reading(async (s, a) => (await import('./commands/openFiles.ts')).openSample(s, a)),
  'looptool.showSample': reading(async (s, a) => (await import('./commands/openFiles.ts')).showSample(s, a)),
  'looptool.copySampleId': reading(async (s, a) => (await import('./commands/openFiles.ts')).copySampleId(s, a)),
  'looptool.showConversation': reading(async (s, a) => (await import('./conversation/showConversation.ts')).showConversation(s, a)),
  'looptool.editLabel': trusted(async (s, a) => (await import('./labels/editLabel.ts')).editLabel(s, a)),
  'looptool.probeSample': trusted(async (s, a) => (await import('./samples/sampleCommands.ts')).probeSample(s, a)),
  'looptool.judgeSample': trusted(async (s, a) => (await import('./samples/sampleCommands.ts')).judgeSample(s, a)),
  'looptool.expandSample': trusted(async (s, a) => (await import('./samples/sampleCommands.ts')).expandSample(s, a)),
  'looptool.showPrompt': trusted(async (s, a) => (await import('./samples/sampleCommands.ts')).showPrompt(s, a)),
  'looptool.reviewSample': trusted(async (s, a) => (await import('./samples/sampleCommands.ts')).reviewSample(s, a)),
  'looptool.showMore': reading(async (s, a) => (await import('./commands/openFiles.ts')).showMore(s, a)),
  'looptool.restartServer': reading((s) => s.language.restart()),
  'looptool.chooseDialect': reading(async (s, a) => (await import('./language/chooseDialect.ts')).chooseDialect(s, a)),
  'looptool.checkDataset': reading(async (s, a, all) => (await import('./findings/checkDataset.ts')).checkDataset(s, a, all)),
  'looptool.showFindings': reading(async (s, a) => (await import('./findings/findingCommands.ts')).showFindings(s, a)),
  'looptool.showChecked': reading((s) => s.findings.showCheck()),
  'looptool.findingsByRule': reading((s) => s.findings.groupBy('rule')),
  'looptool.findingsByTool': reading((s) => s.findings.groupBy('tool')),
  'looptool.filterFindings': reading(async (s) => (await import('./findings/findingCommands.ts')).filterFindings(s)),
  'looptool.clearFindingsFilter': reading(async (s) => (await import('./findings/findingCommands.ts')).clearFilter(s)),
  'looptool.openFinding': reading(async (s, a) => (await import('./findings/findingCommands.ts')).openFinding(s, a)),
  'looptool.moreFindings': reading(async (s, a) => (await import('./findings/findingCommands.ts')).moreFindings(s, a)),
  'looptool.showRule': reading(async (s, a) => (await import('./findings/findingCommands.ts')).showRulePage(s, a)),
};

export function registerCommands(services: Services): readonly Disposable[] {
  return Object.entries(commandTable).map(([id, handler]) =>
    commands.registerCommand(id, async (argument: unknown, others: unknown) => {
      try {
        if (handler.trusted && !workspace.isTrusted) throw new LoopToolError('not-trusted', l10n.t('This needs a trusted workspace: LoopTool only reads in Restricted Mode.'));
        await handler.run(services, argument, others);
      } catch (error) {
        reportError(services.log, error);
      }
    }),
  );
}
