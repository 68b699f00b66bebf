import { l10n, window, workspace, type ExtensionContext } from 'vscode';
import { registerCommands } from './commandTable.ts';
import { PendingCorrections } from './corrections/pendingCorrections.ts';
import { EndpointKeys } from './endpointKeys.ts';
import { showEndNotice } from './jobs/endNotice.ts';
import { JobLauncher } from './jobs/jobLauncher.ts';
import { JobLogFollower } from './jobs/jobLogFollower.ts';
import { JobMonitor } from './jobs/jobMonitor.ts';
import { JobStatusBar } from './jobs/jobStatusBar.ts';
import { CheckedProblems } from './findings/checkedProblems.ts';
import { FindingsView } from './findings/findingsView.ts';
import { DialectChoices } from './language/dialectChoices.ts';
import { JsonLinesOffer } from './language/jsonLinesOffer.ts';
import { LanguageSupport } from './language/languageSupport.ts';
import { registerLabelFiles } from './labels/labelFiles.ts';
import { RulePages } from './language/rulePages.ts';
import { StatusItems } from './language/statusItems.ts';
import { ProjectWatcher } from './projectWatcher.ts';
import { Projects } from './projects.ts';
import type { Services } from './services.ts';
import { RoundsTree } from './tree/roundsTree.ts';
import { VirtualDocuments } from './virtualDocuments.ts';

/** What tests look at; no promise to other extensions. */
export type ExtensionApi = {
  readonly tree: RoundsTree;
  readonly monitor: JobMonitor;
  readonly refresh: () => Promise<void>;
  readonly language: LanguageSupport;
  readonly status: StatusItems;
  readonly findings: FindingsView;
};

/** Registers everything and reads nothing: projects and jobs are looked for when this has returned. */
export function activate(context: ExtensionContext): ExtensionApi {
  const log = window.createOutputChannel('LoopTool', { log: true });
  const projects = new Projects();
  const keys = new EndpointKeys(context.secrets);
  const monitor = new JobMonitor(projects, context.workspaceState, log);
  const launcher = new JobLauncher(context.asAbsolutePath('dist/runner.js'), keys, monitor, log);
  const tree = new RoundsTree(projects);
  const dialects = new DialectChoices(context.workspaceState);
  const language = new LanguageSupport(context.asAbsolutePath('dist/server.cjs'), log, (uri) => dialects.of(uri));
  const status = new StatusItems(language);
  const findings = new FindingsView(language);
  const checkedProblems = new CheckedProblems(language);
  const documents = new VirtualDocuments('looptool');
  const previews = new VirtualDocuments('looptool-corrections');
  const refresh = async (): Promise<void> => {
    await projects.scan();
    await monitor.refresh();
    tree.refresh();
  };
  const view = window.createTreeView('looptool.rounds', { treeDataProvider: tree, showCollapseAll: true });
  const explainTrust = (): void => {
    // Without a project the welcome says it.
    view.message = workspace.isTrusted || projects.all.length === 0 ? '' : l10n.t('Restricted Mode: rounds and datasets are shown, nothing is sent, run or written.');
  };
  const services: Services = { context, log, projects, keys, monitor, launcher, tree, revealInTree: async (node) => await view.reveal(node, { select: true, focus: true, expand: true }), language, dialects, findings, checkedProblems, documents, previews, corrections: new PendingCorrections(), refresh };
  context.subscriptions.push(
    log,
    projects,
    monitor,
    new JobStatusBar(monitor),
    new JobLogFollower(monitor, log),
    tree,
    view,
    documents,
    previews,
    language,
    status,
    findings,
    checkedProblems,
    new JsonLinesOffer(context.workspaceState, language.onDidOpen),
    new RulePages(context.asAbsolutePath('docs')),
    new ProjectWatcher(() => refresh()),
    monitor.onDidChange(() => tree.refresh()),
    monitor.onDidEnd((job) => void showEndNotice(job)),
    projects.onDidChange(explainTrust),
    workspace.onDidGrantWorkspaceTrust(explainTrust),
    workspace.onDidChangeWorkspaceFolders(() => void refresh()),
    window.registerWebviewPanelSerializer('looptool.review', { deserializeWebviewPanel: async (panel, state) => (await import('./commands/openReview.ts')).restoreReview(services, panel, state) }),
    ...registerLabelFiles(services),
    ...registerCommands(services),
  );
  setImmediate(() => {
    language.lookAtOpenDocuments();
    void status.lookAtTab();
    refresh().catch((error: unknown) => log.error(error instanceof Error ? error : String(error)));
  });
  return { tree, monitor, refresh, language, status, findings };
}
