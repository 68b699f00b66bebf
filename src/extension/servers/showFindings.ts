import { commands, l10n, ProgressLocation, Uri, window } from 'vscode';
import type { ModelRole } from '../../app/testConnection.ts';
import type { DoctorOptions } from '../../app/doctor/doctor.ts';
import { systemClock } from '../../node/clock.ts';
import { keySource } from '../../node/environmentKeys.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import type { DoctorReport } from '../../protocol/serverReport.ts';
import { doctor } from '../lazyBundles.ts';
import type { Project } from '../projects.ts';
import type { Services } from '../services.ts';
import { pageWords } from './pageWords.ts';
import { roleLabel } from './roleLabel.ts';
import { signalOf } from './signalOf.ts';

const previewEditor = 'vscode.markdown.preview.editor';

type Step = Parameters<NonNullable<DoctorOptions['tell']>>[0]['step'];

/** Looks at the servers behind roles (all when none are named) in full, and shows the page of findings. */
export async function showServerFindings(services: Services, project: Project, roles: readonly ModelRole[], fresh: boolean): Promise<void> {
  const files = new ProjectFiles(project.directory);
  const config = await files.readConfig();
  const keyOf = keySource(process.env, await services.keys.forProject(project.directory));
  const title = l10n.t('Looking at the servers of {0}', project.label);
  const report = await window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
    const tell: DoctorOptions['tell'] = ({ role, step }) => progress.report({ message: `${role === undefined ? '' : `${roleLabel(role)}: `}${stepLabel(step)}` });
    return await (await doctor()).checkServers(files, config, roles, { clock: systemClock, signal: signalOf(token), fresh, wait: false, keyOf, tell });
  });
  logFindings(services, report);
  await commands.executeCommand('vscode.openWith', await pageOf(services, project, report), previewEditor);
  await offerConfig(report, project);
}

/** A page of Markdown has no buttons. */
async function offerConfig({ servers }: DoctorReport, project: Project): Promise<void> {
  const broken = servers.flatMap(({ role, works }) => (works || role === undefined ? [] : [roleLabel(role)]));
  if (broken.length === 0) return;
  const open = l10n.t('Open looptool.json');
  const answer = await window.showWarningMessage(l10n.t('Cannot work as it is: {0}. The page says what to change.', [...new Set(broken)].join(', ')), open);
  if (answer === open) await window.showTextDocument(Uri.joinPath(project.uri, 'looptool.json'));
}

async function pageOf(services: Services, project: Project, report: DoctorReport): Promise<Uri> {
  const { findingsPage } = await doctor();
  return services.documents.put(`${l10n.t('LoopTool servers, {0}', project.label.replaceAll('/', ' '))}.md`, findingsPage(report, pageWords(project.label)));
}

function logFindings({ log }: Services, { servers }: DoctorReport): void {
  for (const { role, model, baseUrl, works, warnings } of servers) {
    log.info(`Servers: ${role ?? ''} ${model} at ${baseUrl}: ${works ? 'works' : 'cannot work'}`);
    for (const { id, severity, seen } of warnings) if (severity !== 'note') log.warn(`Servers: ${role ?? ''} ${id}: ${seen}`);
  }
}

function stepLabel(step: Step): string {
  switch (step) {
    case 'contact':
      return l10n.t('who answers there');
    case 'loading':
      return l10n.t('waiting for it to load its model');
    case 'plain':
      return l10n.t('a plain question');
    case 'tools':
      return l10n.t('a question with a tool');
    case 'tokens':
      return l10n.t('tokens of a prompt');
    case 'raw':
      return l10n.t('a prompt of our own');
    case 'structured':
      return l10n.t('an answer in JSON');
    case 'repeats':
      return l10n.t('one question sixteen times');
  }
}
