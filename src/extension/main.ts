import { window, workspace, type ExtensionContext } from 'vscode';
import { registerCommands } from './commandTable.ts';
import { PendingCorrections } from './corrections/pendingCorrections.ts';
import { EndpointKeys } from './endpointKeys.ts';
import { showEndNotice } from './jobs/endNotice.ts';
import { JobLauncher } from './jobs/jobLauncher.ts';
import { JobLogFollower } from './jobs/jobLogFollower.ts';
import { JobMonitor } from './jobs/jobMonitor.ts';
import { JobStatusBar } from './jobs/jobStatusBar.ts';
import { LanguageSupport } from './language/languageSupport.ts';
import { ProjectWatcher } from './projectWatcher.ts';
import { Projects } from './projects.ts';
import type { Services } from './services.ts';
import { RoundsTree } from './tree/roundsTree.ts';
import { VirtualDocuments } from './virtualDocuments.ts';

/** What tests look at; no promise to other extensions. */
export type ExtensionApi = { readonly tree: RoundsTree; readonly monitor: JobMonitor; readonly refresh: () => Promise<void> };

/** Registers everything and reads nothing: projects and jobs are looked for when this has returned. */
export function activate(context: ExtensionContext): ExtensionApi {
  const log = window.createOutputChannel('LoopTool', { log: true });
  const projects = new Projects();
  const keys = new EndpointKeys(context.secrets);
  const monitor = new JobMonitor(projects, context.workspaceState, log);
  const launcher = new JobLauncher(context.asAbsolutePath('dist/runner.js'), keys, monitor, log);
  const tree = new RoundsTree(projects);
  const language = new LanguageSupport(context.asAbsolutePath('dist/server.cjs'), log);
  const documents = new VirtualDocuments('looptool');
  const previews = new VirtualDocuments('looptool-corrections');
  const refresh = async (): Promise<void> => {
    await projects.scan();
    await monitor.refresh();
    tree.refresh();
  };
  const services: Services = { context, log, projects, keys, monitor, launcher, tree, documents, previews, corrections: new PendingCorrections(), refresh };
  context.subscriptions.push(
    log,
    projects,
    monitor,
    new JobStatusBar(monitor),
    new JobLogFollower(monitor, log),
    tree,
    window.createTreeView('looptool.rounds', { treeDataProvider: tree, showCollapseAll: true }),
    documents,
    previews,
    language,
    new ProjectWatcher(() => refresh()),
    monitor.onDidChange(() => tree.refresh()),
    monitor.onDidEnd((job) => void showEndNotice(job)),
    workspace.onDidChangeWorkspaceFolders(() => void refresh()),
    ...registerCommands(services),
  );
  setImmediate(() => {
    language.lookAtOpenDocuments();
    refresh().catch((error: unknown) => log.error(error instanceof Error ? error : String(error)));
  });
  return { tree, monitor, refresh };
}
