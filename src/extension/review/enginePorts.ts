import { randomInt, randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { commands, l10n, ProgressLocation, window } from 'vscode';
import type { ReviewPair } from '../../app/review/reviewSource.ts';
import type { EnginePorts } from '../../app/review/reviewEngine.ts';
import { Rng } from '../../core/random/rng.ts';
import type { SampleActionResult, SampleRequest } from '../../protocol/sampleRequest.ts';
import { openOccurrence } from '../commands/openFiles.ts';
import { runSampleProcess } from '../samples/sampleProcess.ts';
import type { Services } from '../services.ts';
import { openPredictionRow } from './openPredictionRow.ts';
import { pageWords, sayIn } from './pageWords.ts';
import { fileOf, type ReviewPlace } from './reviewPlace.ts';

type HostPorts = Omit<EnginePorts, 'post' | 'spec'>;

/** What a review asks of the editor. */
export function enginePorts(services: Services, place: ReviewPlace): HostPorts {
  return {
    user: userInfo().username,
    now: () => new Date(),
    newId: () => randomUUID(),
    rng: new Rng(randomInt(2 ** 31), 'calibration'),
    say: sayIn(pageWords(services.context.extensionUri)),
    openSource: (pair) => openSource(services, place, pair),
    askAgain: (pair, what) => askAgain(services, place, pair, what),
    hasProject: services.projects.find(place.folder) !== undefined,
    queuesChanged: () => services.tree.refresh(),
    applyTo: async (datasets) => {
      await commands.executeCommand('looptool.applyCorrections', { folder: place.folder, datasets });
      return services.corrections.preview ? l10n.t('The diff shows what would change: apply or discard it there.') : l10n.t('There is nothing to apply.');
    },
    exportIssue: async (pair) => {
      await commands.executeCommand('looptool.exportIssue', { place, sampleIds: [pair.sample.id] });
      return l10n.t('The text for an issue is opened in an editor: copy it from there.');
    },
  };
}

async function openSource(services: Services, place: ReviewPlace, pair: ReviewPair): Promise<void> {
  const { occurrence, sample } = pair;
  if (occurrence === undefined) {
    void window.showInformationMessage(l10n.t('This sample was generated: it stands in no dataset file.'));
    return;
  }
  const project = services.projects.find(place.folder);
  if (project !== undefined && place.of === 'round') await openOccurrence(project, occurrence, sample.id);
  else await openPredictionRow(fileOf(place.folder, occurrence.file), occurrence, sample.id);
}

/** The same question once more, in a process of its own. What comes of it is told, and stays in the scratch journals. */
async function askAgain(services: Services, place: ReviewPlace, pair: ReviewPair, what: 'judge' | 'probe'): Promise<string> {
  const project = services.projects.find(place.folder);
  if (project === undefined) throw new Error(l10n.t('Models are asked through the endpoints of a looptool.json, and this file belongs to no project. Create one first.'));
  const { sample, occurrence, prediction, outcome, comparison, ppl, reply } = pair;
  const probe = {
    v: 1 as const, type: 'probe' as const, sampleId: sample.id, labelHash: sample.labelHash, requestKey: 'none', attempt: 1, startedAt: new Date().toISOString(), elapsedMs: 0,
    outcome, prediction, ppl: ppl ?? null, ...(comparison === undefined ? {} : { comparison }), ...(reply === undefined ? {} : { reply }),
  };
  const request: SampleRequest = {
    kind: 'sample', project: project.directory, action: what, keys: await services.keys.forProject(project.directory),
    sample: { by: 'pair', sample, probe, ...(occurrence === undefined ? {} : { occurrence }) },
  };
  const title = what === 'judge' ? l10n.t('Asking the judge again') : l10n.t('Asking the policy again');
  const runner = services.context.asAbsolutePath('dist/runner.js');
  const result = await window.withProgress({ location: ProgressLocation.Window, title, cancellable: true }, (_progress, token) => runSampleProcess(runner, request, token, (message) => services.log.info(message)));
  return result === undefined ? l10n.t('Nothing was asked.') : told(result, what);
}

function told({ judgement, probe }: SampleActionResult, what: 'judge' | 'probe'): string {
  if (what === 'probe') return l10n.t('Asked again, the policy\'s answer is: {0}.', probe?.outcome ?? '');
  if (judgement === undefined) return l10n.t('The answer matches the label: there is nothing to judge.');
  return l10n.t('Asked again, the judge says {0}, {1} of {2} votes: {3}', judgement.verdict, judgement.agreeing, judgement.votes, judgement.analysis);
}
