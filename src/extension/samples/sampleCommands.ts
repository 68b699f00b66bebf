import { commands, l10n, ProgressLocation, window, workspace } from 'vscode';
import { sampleStatus } from '../../app/history/sampleStatus.ts';
import { isMismatch } from '../../core/toolcall/outcome.ts';
import { refreshResultsMethod } from '../../protocol/lsp/lensMethods.ts';
import type { SampleActionKind, SampleActionResult } from '../../protocol/sampleRequest.ts';
import { reviewOf } from '../commands/openReview.ts';
import type { Services } from '../services.ts';
import { runSampleProcess } from './sampleProcess.ts';
import { sampleTarget, sourceOf, type SampleTarget } from './sampleTarget.ts';
import { sampleStatusText } from './statusText.ts';

const shownMs = 10_000;

export async function probeSample(services: Services, argument: unknown): Promise<void> {
  await ask(services, argument, 'probe');
}

export async function judgeSample(services: Services, argument: unknown): Promise<void> {
  await ask(services, argument, 'judge');
}

export async function expandSample(services: Services, argument: unknown): Promise<void> {
  await ask(services, argument, 'expand');
}

/** The exact text that the policy is given, in a document of its own; nothing is sent to a model. */
export async function showPrompt(services: Services, argument: unknown): Promise<void> {
  await ask(services, argument, 'prompt');
}

/** Opens the review of the newest round that holds this sample, at it. */
export async function reviewSample(services: Services, argument: unknown): Promise<void> {
  const target = await sampleTarget(services, argument);
  if (target === undefined) return;
  const { outcome, round, reviewRound } = target.status;
  if (outcome === 'MATCH' || outcome === 'MATCH_UNVERIFIED') {
    void window.showInformationMessage(l10n.t('The policy\'s answer matches this label: there is nothing to decide.'));
    return;
  }
  if (outcome === 'none' || (outcome !== 'changed' && outcome !== 'ERROR' && round === undefined && reviewRound === undefined)) {
    const start = l10n.t('Start Iteration');
    const answer = await window.showInformationMessage(l10n.t('The review holds what a round\'s probe found, and no round has found this sample yet.'), start);
    if (answer === start) await commands.executeCommand('looptool.startIteration');
    return;
  }
  await reviewOf(services, target.project, reviewRound ?? round, target.sampleId);
}

async function ask(services: Services, argument: unknown, action: SampleActionKind): Promise<void> {
  const target = await sampleTarget(services, argument);
  if (target === undefined) return;
  const { project, record, step } = target;
  const source = sourceOf(target);
  const request = { kind: 'sample' as const, project: project.directory, action, sample: { by: 'place' as const, record, step, ...source }, keys: await services.keys.forProject(project.directory) };
  const runner = services.context.asAbsolutePath('dist/runner.js');
  services.log.info(`Sample ${action}: record ${record + 1}, step ${step + 1} of ${source.file}`);
  const result = await window.withProgress({ location: ProgressLocation.Notification, title: progressTitle(action, record + 1), cancellable: true }, (progress, token) =>
    runSampleProcess(runner, request, token, (message) => {
      services.log.info(message);
      progress.report({ message });
    }),
  );
  if (result?.prompt !== undefined) {
    await (await import('./promptDocument.ts')).showPromptDocument(services, `${project.label}/${l10n.t('prompt of record {0}, step {1}', record + 1, step + 1)}.txt`, result.prompt);
    return;
  }
  await services.language.request(refreshResultsMethod, undefined);
  if (result === undefined) return;
  if (result.round !== undefined) services.tree.refresh();
  await tell(services, target, result);
}

function progressTitle(action: SampleActionKind, record: number): string {
  switch (action) {
    case 'probe':
      return l10n.t('Probing record {0}', record);
    case 'judge':
      return l10n.t('Judging record {0}', record);
    case 'expand':
      return l10n.t('Expanding record {0}', record);
    case 'prompt':
      return l10n.t('Making the prompt of record {0}', record);
  }
}

/** Lenses, hovers and findings show an answer where it belongs; the status bar says it too, for editors without lenses. */
async function tell(services: Services, target: SampleTarget, result: SampleActionResult): Promise<void> {
  const { expansions, probe, judgement, round } = result;
  if (expansions !== undefined) return await tellExpansions(services, target, expansions);
  const known = { sampleId: result.sampleId, probe, judgement, round, rounds: [], reviewRound: undefined };
  const status = sampleStatusText(sampleStatus(known, result.labelHash));
  window.setStatusBarMessage(`$(${probe !== undefined && isMismatch(probe.outcome) ? 'close' : 'check'}) ${l10n.t('Record {0}: {1}', target.record + 1, status)}`, shownMs);
}

async function tellExpansions(services: Services, { record, project }: SampleTarget, expansions: NonNullable<SampleActionResult['expansions']>): Promise<void> {
  const accepted = expansions.filter(({ status }) => status === 'accepted').length;
  const show = l10n.t('Show');
  const answer = await window.showInformationMessage(l10n.t('{0} new samples from record {1}: {2} accepted, {3} not.', expansions.length, record + 1, accepted, expansions.length - accepted), show);
  if (answer !== show) return;
  const uri = services.documents.put(`${project.label}/${l10n.t('expansions of record {0}', record + 1)}.json`, JSON.stringify(expansions.map(shown), undefined, 2));
  await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
}

/** What became of a candidate first; tools are the seed's and stay out, but for their names. */
function shown({ status, gate, reason, variation, sample }: NonNullable<SampleActionResult['expansions']>[number]): object {
  return { status, ...(gate === undefined ? {} : { gate }), ...(reason === '' ? {} : { reason }), variation, ...(sample === undefined ? {} : { messages: sample.messages, label: sample.label, tools: sample.tools.map(({ name }) => name) }) };
}
