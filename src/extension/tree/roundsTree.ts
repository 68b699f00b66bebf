import { EventEmitter, type Disposable, type Event, type TreeDataProvider, type TreeItem } from 'vscode';
import type { DecisionState } from '../../core/review/decisionState.ts';
import type { BucketView } from '../../app/buckets.ts';
import type { ProjectView, RoundView, StageView } from '../../app/projectView.ts';
import type { RoundReader } from '../../app/roundReader.ts';
import type { StageName } from '../../core/rounds/manifest.ts';
import { reviewEngine } from '../lazyBundles.ts';
import type { Project, Projects } from '../projects.ts';
import type { TreeNode } from './nodes.ts';
import { treeItem } from './treeItems.ts';

const pageSize = 200;

/**
 * Projects, their rounds, stages, buckets and samples. A thin wrapper over `app/projectView` and `app/roundReader`: it keeps
 * the readers, which remember how far they have read, and how many pages of a bucket are shown.
 */
export class RoundsTree implements TreeDataProvider<TreeNode>, Disposable {
  readonly #changed = new EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData: Event<TreeNode | undefined> = this.#changed.event;
  readonly #readers = new Map<string, RoundReader>();
  readonly #shown = new Map<string, number>();
  /** The last node handed out under an id: the one that the editor knows. */
  readonly #known = new Map<string, TreeNode>();
  /** Id of the parent by that of the child, for what is revealed. */
  readonly #parents = new Map<string, string>();
  #decisions = new Map<string, DecisionState>();

  constructor(private readonly projects: Projects) {}

  refresh(): void {
    this.#decisions = new Map();
    this.#changed.fire(undefined);
  }

  /** Shows one more page of a bucket. */
  showMore(bucketNode: string): void {
    this.#shown.set(bucketNode, (this.#shown.get(bucketNode) ?? pageSize) + pageSize);
    this.#changed.fire(this.#known.get(bucketNode));
  }

  /** The reader of a round, which remembers how far it has read. */
  async reader(directory: string, round: number): Promise<RoundReader> {
    const { RoundReader: Reader } = await import('../../app/roundReader.ts');
    const key = `${directory}|${round}`;
    const reader = this.#readers.get(key) ?? new Reader(directory, round);
    this.#readers.set(key, reader);
    return reader;
  }

  getTreeItem(node: TreeNode): TreeItem {
    return treeItem(node);
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    const children = await this.#children(node);
    for (const child of children) {
      this.#known.set(child.id, child);
      if (node === undefined) this.#parents.delete(child.id);
      else this.#parents.set(child.id, node.id);
    }
    return children;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    const parent = this.#parents.get(node.id);
    return parent === undefined ? undefined : this.#known.get(parent);
  }

  /** The bucket with this id, of that stage, as the tree has it; undefined where there is none (any more). */
  async bucketAt({ directory, round, stage, bucket }: { readonly directory: string; readonly round: number; readonly stage: StageName; readonly bucket: string }): Promise<TreeNode | undefined> {
    const parts = bucket.split('/');
    const ids = [directory, `${directory}|r${round}`, `${directory}|r${round}|${stage}`, ...parts.map((_, i) => `${directory}|r${round}|${stage}|${parts.slice(0, i + 1).join('/')}`)];
    let at: TreeNode | undefined;
    for (const id of ids) {
      at = (await this.getChildren(at)).find((child) => child.id === id);
      if (at === undefined) return undefined;
    }
    return at;
  }

  async #children(node: TreeNode | undefined): Promise<TreeNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.#projects();
      case 'project':
        return [...projectChildren(node.project, node.view), ...(await this.#queues(node.project, node.view))];
      case 'queues':
        return this.#countedQueues(node);
      case 'round':
        return node.round.stages.map((stage) => stageNode(node.project, node.round, stage));
      case 'stage':
        return this.#stageChildren(node.id, node.project, node.round, node.stage);
      case 'bucket':
        return node.bucket.children.length > 0 ? node.bucket.children.map((bucket) => bucketNode(node.project, node.round, node.stage, bucket)) : this.#samples(node.id, node.project, node.round, node.stage, node.bucket);
      default:
        return [];
    }
  }

  async #projects(): Promise<TreeNode[]> {
    if (this.projects.all.length === 0) return [];
    const { readProjectView } = await import('../../app/projectView.ts');
    const views = await Promise.all(this.projects.all.map((project) => readProjectView(project.directory, Date.now())));
    return views.flatMap((view): TreeNode[] => {
      const project = this.projects.find(view.directory);
      return project ? [{ kind: 'project', id: project.directory, project, view }] : [];
    });
  }

  async #stageChildren(id: string, project: Project, round: RoundView, stage: StageView): Promise<TreeNode[]> {
    const reader = await this.reader(project.directory, round.round);
    const buckets = await reader.buckets(stage.stage);
    const note = (text: string, i: number): TreeNode => ({ kind: 'note', id: `${id}|note${i}`, text, severity: 'note' });
    return [
      ...(stage.error === undefined ? [] : [{ kind: 'note', id: `${id}|error`, text: stage.error, severity: 'error' } as const]),
      ...stage.figures.map((figure, i): TreeNode => ({ kind: 'figure', id: `${id}|figure${i}`, project, round, stage: stage.stage, figure })),
      ...buckets.map((bucket) => bucketNode(project, round.round, stage.stage, bucket)),
      ...stage.notes.filter((text) => !figureTells(stage, text)).map(note),
    ];
  }

  async #samples(id: string, project: Project, round: number, stage: StageName, bucket: BucketView): Promise<TreeNode[]> {
    const reader = await this.reader(project.directory, round);
    const limit = this.#shown.get(id) ?? pageSize;
    const { samples, total } = await reader.page(stage, bucket.id, 0, limit);
    const decisions = await this.#decisionsOf(project.directory);
    // The same sample may stand in a bucket twice (two expansions alike): the place makes the id one of its own.
    const nodes = samples.map((sample, i): TreeNode => ({ kind: 'sample', id: `${id}|${i}|${sample.sampleId}`, project, round, stage, bucket: bucket.id, sample, decided: decisions.inForce.has(sample.sampleId) }));
    return samples.length < total ? [...nodes, { kind: 'more', id: `${id}|more`, bucketNode: id, shown: samples.length, total }] : nodes;
  }

  async #queues(project: Project, view: ProjectView): Promise<TreeNode[]> {
    const { QueuesFile } = await import('../../app/review/queuesFile.ts');
    // A file that cannot be read is told where queues are used; the tree shows the rest.
    const queues = await new QueuesFile(project.directory).read().catch(() => []);
    const round = view.rounds.findLast(({ stages }) => stages.some(({ stage, status }) => stage === 'probe' && status !== 'pending'))?.round;
    return queues.length === 0 ? [] : [{ kind: 'queues', id: `${project.directory}|queues`, project, queues, round }];
  }

  async #countedQueues({ project, queues, round }: Extract<TreeNode, { kind: 'queues' }>): Promise<TreeNode[]> {
    const counts = round === undefined ? new Map<string, never>() : await (await reviewEngine()).countQueues(project.directory, round, queues);
    return queues.map((queue): TreeNode => ({ kind: 'queue', id: `${project.directory}|queue|${queue.name}`, project, queue, counts: counts.get(queue.name) }));
  }

  async #decisionsOf(directory: string): Promise<DecisionState> {
    const known = this.#decisions.get(directory);
    if (known) return known;
    const { readDecisions } = await import('../../app/decisionsFile.ts');
    const { state } = await readDecisions(directory);
    this.#decisions.set(directory, state);
    return state;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function projectChildren(project: Project, view: ProjectView): TreeNode[] {
  const children: TreeNode[] = [];
  children.push(...view.mistakes.map((mistake, i): TreeNode => ({ kind: 'mistake', id: `${project.directory}|mistake${i}`, project, mistake })));
  if (view.problem !== undefined && view.mistakes.length === 0) children.push({ kind: 'hint', id: `${project.directory}|problem`, project, hint: 'problem', text: view.problem });
  const latestJob = view.jobs[0];
  if (latestJob && latestJob.state !== 'done') {
    children.push({ kind: 'job', id: `${project.directory}|job`, project, job: latestJob });
  }
  children.push(...view.unreadable.map((text, i): TreeNode => ({ kind: 'note', id: `${project.directory}|unreadable${i}`, text, severity: 'error' })));
  const rounds = [...view.rounds].reverse();
  // A round that was composed but not begun has nothing to show yet: the one before it is opened.
  const opened = rounds.find((round) => round.stages.some((s) => s.status !== 'pending')) ?? rounds[0];
  children.push(...rounds.map((round): TreeNode => ({ kind: 'round', id: `${project.directory}|r${round.round}`, project, round, open: round === opened })));
  if (view.rounds.length === 0 && view.problem === undefined) children.push({ kind: 'hint', id: `${project.directory}|empty`, project, hint: 'empty', text: '' });
  return children;
}

/** The state of the gate is a figure, and the first note of the stage. */
function figureTells({ figures }: StageView, note: string): boolean {
  return figures.some((figure) => figure.kind === 'gate' && `${figure.reason}.`.toLowerCase() === note.toLowerCase());
}

function stageNode(project: Project, round: RoundView, stage: StageView): TreeNode {
  return { kind: 'stage', id: `${project.directory}|r${round.round}|${stage.stage}`, project, round, stage };
}

function bucketNode(project: Project, round: number, stage: StageName, bucket: BucketView): TreeNode {
  return { kind: 'bucket', id: `${project.directory}|r${round}|${stage}|${bucket.id}`, project, round, stage, bucket };
}
