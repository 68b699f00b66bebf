import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { commands, l10n, window } from 'vscode';
import { DecisionsFile } from '../../app/decisionsFile.ts';
import { readProjectView } from '../../app/projectView.ts';
import { ReviewSession } from '../../app/reviewSession.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import type { Project } from '../projects.ts';
import { ReviewPanel } from '../review/reviewPanel.ts';
import type { Services } from '../services.ts';
import { isTreeNode, projectOfNode } from '../tree/nodes.ts';
import { openOccurrence } from './openFiles.ts';

/** Panels that are open, by project and round: one for each. */
const panels = new Map<string, ReviewPanel>();

/** Opens the review of a round: that of the tree item, else the latest one that was probed. */
export async function openReview(services: Services, argument: unknown): Promise<void> {
  const project = projectOfNode(argument) ?? (await services.projects.choose());
  if (!project) return;
  const round = roundOfNode(argument) ?? (await latestProbed(project));
  if (round === undefined) {
    const start = l10n.t('Start Iteration');
    const answer = await window.showInformationMessage(l10n.t('There is nothing to review yet: mismatches are found by the probe of a round.'), start);
    if (answer === start) await commands.executeCommand('looptool.startIteration');
    return;
  }
  const panel = await panelOf(services, project, round);
  if (isTreeNode(argument) && argument.kind === 'sample') panel.goTo(argument.sample.sampleId);
}

/** The review of one round, by default the latest that was probed, at this sample where it is in the queue. */
export async function reviewOf(services: Services, project: Project, round: number | undefined, sampleId: string): Promise<void> {
  const number = round ?? (await latestProbed(project));
  if (number !== undefined) (await panelOf(services, project, number)).goTo(sampleId);
}

async function panelOf(services: Services, project: Project, round: number): Promise<ReviewPanel> {
  const key = `${project.directory}|${round}`;
  const known = panels.get(key);
  known?.reveal();
  const panel = known ?? (await openPanel(services, project, round, () => panels.delete(key)));
  panels.set(key, panel);
  return panel;
}

async function openPanel(services: Services, project: Project, round: number, onClose: () => void): Promise<ReviewPanel> {
  const reader = await services.tree.reader(project.directory, round);
  const decisions = new DecisionsFile(new ProjectFiles(project.directory).decisions());
  const session = new ReviewSession({
    load: async () => ({ round, ...(await reader.mismatches.load()) }),
    log: {
      read: async () => {
        await decisions.refresh();
        return decisions.operations;
      },
      append: async (operation) => void (await decisions.append([operation])),
    },
    user: userInfo().username,
    now: () => new Date(),
    newId: () => randomUUID(),
    openSource: async (row) => {
      if (row.occurrence) await openOccurrence(project, row.occurrence, row.id);
      else void window.showInformationMessage(l10n.t('This sample was generated: it stands in no dataset file.'));
    },
    apply: async () => {
      await commands.executeCommand('looptool.applyCorrections');
      return services.corrections.preview ? l10n.t('The diff shows what would change: apply or discard it there.') : l10n.t('There is nothing to apply.');
    },
  });
  const panel = new ReviewPanel(services, session, l10n.t('Review: round {0}', round), () => {
    subscription.dispose();
    onClose();
  });
  const subscription = services.tree.onDidChangeTreeData(() => panel.push());
  return panel;
}

function roundOfNode(argument: unknown): number | undefined {
  if (!isTreeNode(argument)) return undefined;
  if (argument.kind === 'round' || argument.kind === 'stage') return argument.round.round;
  return argument.kind === 'bucket' || argument.kind === 'sample' ? argument.round : undefined;
}

async function latestProbed(project: Project): Promise<number | undefined> {
  const { rounds } = await readProjectView(project.directory, Date.now());
  return rounds.findLast((round) => round.stages.some((s) => s.stage === 'probe' && s.status !== 'pending'))?.round;
}
