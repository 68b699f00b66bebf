import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { PendingCorrections } from './corrections/pendingCorrections.ts';
import type { EndpointKeys } from './endpointKeys.ts';
import type { CheckedProblems } from './findings/checkedProblems.ts';
import type { FindingsView } from './findings/findingsView.ts';
import type { DialectChoices } from './language/dialectChoices.ts';
import type { JobLauncher } from './jobs/jobLauncher.ts';
import type { JobMonitor } from './jobs/jobMonitor.ts';
import type { LanguageSupport } from './language/languageSupport.ts';
import type { Projects } from './projects.ts';
import type { TreeNode } from './tree/nodes.ts';
import type { RoundsTree } from './tree/roundsTree.ts';
import type { VirtualDocuments } from './virtualDocuments.ts';

/** What `activate` made, for the commands. */
export type Services = {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  readonly projects: Projects;
  readonly keys: EndpointKeys;
  readonly monitor: JobMonitor;
  readonly launcher: JobLauncher;
  readonly tree: RoundsTree;
  /** Opens the rounds at this item. */
  readonly revealInTree: (node: TreeNode) => Promise<void>;
  /** The language server: which documents it knows, and questions of our own to it. */
  readonly language: LanguageSupport;
  readonly dialects: DialectChoices;
  readonly findings: FindingsView;
  readonly checkedProblems: CheckedProblems;
  /** Samples and reports. */
  readonly documents: VirtualDocuments;
  /** Datasets as they would be after corrections. */
  readonly previews: VirtualDocuments;
  readonly corrections: PendingCorrections;
  /** Looks for projects, jobs and rounds anew. */
  readonly refresh: () => Promise<void>;
};
