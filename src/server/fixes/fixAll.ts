import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { WorkspaceEdit } from 'vscode-languageserver/node';
import { correctableFiles } from '../../app/corrections.ts';
import { noCompanions } from '../../core/dataset/companions.ts';
import { recogniseDialect } from '../../core/dataset/dataset.ts';
import type { Dialect } from '../../core/dataset/dialect.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { activeRules, recommendedSettings, type ActiveRule } from '../../core/rules/settings.ts';
import { Suppressions } from '../../core/rules/suppression.ts';
import { loadCompanions } from '../../node/companionFiles.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import type { FixAllArguments } from '../../protocol/lsp/fixes.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { ServerContext } from '../feature.ts';
import { pause } from '../pause.ts';
import { pathOf } from '../projects.ts';
import { workspaceEdit, type DocumentEdits, type Preview } from './editorEdits.ts';
import { fixAllIn, mostFixed, type FixedText } from './fixAllIn.ts';
import type { LabelSources } from './labelSources.ts';
import { LiveText } from '../text/liveText.ts';

export const fixAllCommand = 'looptool.fixAll';

/** Editors do not open larger files as text. */
const largestFileBytes = 50_000_000;

type Found = DocumentEdits & Omit<FixedText, 'edits'>;

/** Fixes of one kind, or all safe ones, in a document or in all datasets of its project, as one edit that the editor shows first. */
export class FixAll {
  constructor(
    private readonly server: ServerContext,
    private readonly sources: LabelSources,
  ) {}

  /** Undefined where there is nothing to fix, or the document changed meanwhile. Safe fixes are made without a preview when nobody named a rule. */
  async inFile(dataset: OpenDataset, rule: string | undefined): Promise<WorkspaceEdit | undefined> {
    const found = await this.ofDocument(dataset, rule, () => false);
    if (found === undefined || found.edits.length === 0) return undefined;
    return workspaceEdit([found], this.server.client, rule === undefined ? undefined : previewOf(rule, [found], []));
  }

  /** Carries out the command; tells the person what came of it. */
  async run({ uri, rule, scope }: FixAllArguments): Promise<void> {
    const { connection, client } = this.server;
    const dataset = this.server.dataset(uri);
    if (dataset === undefined) return;
    const progress = client.window?.workDoneProgress === true ? await connection.window.createWorkDoneProgress() : undefined;
    const what = rule ?? 'all safe fixes';
    progress?.begin(`LoopTool: ${what}`, 0, undefined, true);
    const isStale = (): boolean => progress?.token.isCancellationRequested === true;
    const skipped: string[] = [];
    const found: Found[] = [];
    try {
      const paths = scope === 'file' ? [] : this.otherFiles(uri);
      const own = await this.ofDocument(dataset, rule, isStale);
      if (own !== undefined) found.push(own);
      for (const [index, path] of paths.entries()) {
        if (isStale()) return;
        progress?.report(Math.round((100 * (index + 1)) / (paths.length + 1)), path);
        const open = this.server.dataset(pathToFileURL(path).href);
        const other = open === undefined ? await this.ofFile(path, rule, uri, isStale) : await this.ofDocument(open, rule, isStale);
        if (other === 'skipped') skipped.push(path);
        else if (other !== undefined) found.push(other);
      }
      if (isStale()) return;
    } finally {
      progress?.done();
    }
    const changed = found.filter(({ edits }) => edits.length > 0);
    if (changed.length === 0) return connection.window.showInformationMessage(`LoopTool: nothing to fix (${what}).${skippedText(skipped)}`);
    const preview = previewOf(what, changed, skipped);
    await connection.workspace.applyEdit({ label: preview.label, edit: workspaceEdit(changed, client, preview) });
  }

  private async ofDocument(dataset: OpenDataset, rule: string | undefined, cancelled: () => boolean): Promise<Found | undefined> {
    const { document, dialect, uri } = dataset;
    const { version } = document;
    if (dialect === undefined) return undefined;
    const fixed = await this.ofText(document.getText(), dialect, uri, uri, rule, () => cancelled() || this.server.dataset(uri)?.document.version !== version);
    return fixed && { document, version, ...fixed };
  }

  private async ofFile(path: string, rule: string | undefined, projectUri: string, isStale: () => boolean): Promise<Found | 'skipped' | undefined> {
    try {
      if ((await stat(path)).size > largestFileBytes) return 'skipped';
      const text = (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
      const { dialect } = recogniseDialect(text, this.server.projectOf(projectUri)?.dataset(path)?.dialect);
      const uri = pathToFileURL(path).href;
      const fixed = dialect && (await this.ofText(text, dialect, uri, projectUri, rule, isStale));
      return fixed && { document: new LiveText(uri, 'jsonl', 0, text), version: null, ...fixed };
    } catch {
      return 'skipped';
    }
  }

  private async ofText(text: string, dialect: Dialect, uri: string, projectUri: string, rule: string | undefined, isStale: () => boolean): Promise<FixedText | undefined> {
    const path = pathOf(uri);
    const project = this.server.projectOf(projectUri);
    const companions = path === undefined || dialect.companions === undefined ? noCompanions : (await loadCompanions(path, dialect, project?.dataset(path)?.companions)).companions;
    const suppressions = project?.suppressions ?? new Suppressions([]);
    const active = activeRules(rules, project?.rules ?? recommendedSettings).filter((one) => isWanted(one, rule));
    const input = { text, dialect, companions, active, suppressions: path === undefined ? suppressions : suppressions.forFile(path), safeOnly: rule === undefined };
    return fixAllIn(input, this.sources, { isStale, pause });
  }

  /** The other datasets of the project, by absolute path. */
  private otherFiles(uri: string): readonly string[] {
    const project = this.server.projectOf(uri);
    if (project?.config === undefined) return [];
    const files = new ProjectFiles(project.directory);
    const own = pathOf(uri);
    return correctableFiles(project.config).map(({ file }) => files.absolute(file)).filter((path) => path !== own);
  }
}

function isWanted({ rule: { id, scope } }: ActiveRule, rule: string | undefined): boolean {
  return scope === 'sample' && (rule === undefined || id === rule);
}

function previewOf(what: string, found: readonly Found[], skipped: readonly string[]): Preview {
  const fixed = found.reduce((sum, one) => sum + one.fixed, 0);
  const unsafe = found.reduce((sum, one) => sum + one.unsafe, 0);
  const safety = unsafe === 0 ? 'all safe' : unsafe === fixed ? 'none of them safe: look at each' : `${fixed - unsafe} safe, ${unsafe} to look at`;
  const files = found.length === 1 ? '' : ` in ${found.length} files`;
  const more = found.some(({ full }) => full) ? `; only the first ${mostFixed} of a file, run it again for the others` : '';
  return { label: `${what}: ${fixed} fixes${files} (${safety}${more})${skippedText(skipped)}`, each: unsafe > 0 };
}

function skippedText(skipped: readonly string[]): string {
  return skipped.length === 0 ? '' : ` Left out, since an editor cannot open them: ${skipped.join(', ')}. Use looptool validate --fix there.`;
}
