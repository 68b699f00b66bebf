import type { BucketView } from '../../app/buckets.ts';
import type { JobView } from '../../app/jobView.ts';
import type { ProjectView, RoundView, StageView } from '../../app/projectView.ts';
import type { SampleView } from '../../app/roundReader.ts';
import type { StageFigure } from '../../app/stageFigures.ts';
import type { ConfigProblem } from '../../core/config/parse.ts';
import type { StageName } from '../../core/rounds/manifest.ts';
import type { SavedQueue } from '../../core/review/queue/queueSpec.ts';
import type { Project } from '../projects.ts';

/** A place in the rounds tree. `id` is the same over refreshes, so that what is open stays open. */
export type TreeNode =
  | { readonly kind: 'project'; readonly id: string; readonly project: Project; readonly view: ProjectView }
  | { readonly kind: 'hint'; readonly id: string; readonly project: Project; readonly hint: 'problem' | 'empty'; readonly text: string }
  | { readonly kind: 'mistake'; readonly id: string; readonly project: Project; readonly mistake: ConfigProblem }
  | { readonly kind: 'job'; readonly id: string; readonly project: Project; readonly job: JobView }
  | { readonly kind: 'round'; readonly id: string; readonly project: Project; readonly round: RoundView; readonly open: boolean }
  | { readonly kind: 'stage'; readonly id: string; readonly project: Project; readonly round: RoundView; readonly stage: StageView }
  | { readonly kind: 'note'; readonly id: string; readonly text: string; readonly severity: 'note' | 'error' }
  | { readonly kind: 'figure'; readonly id: string; readonly project: Project; readonly round: RoundView; readonly stage: StageName; readonly figure: StageFigure }
  | { readonly kind: 'bucket'; readonly id: string; readonly project: Project; readonly round: number; readonly stage: StageName; readonly bucket: BucketView }
  | { readonly kind: 'sample'; readonly id: string; readonly project: Project; readonly round: number; readonly stage: StageName; readonly bucket: string; readonly sample: SampleView; readonly decided: boolean }
  | { readonly kind: 'queues'; readonly id: string; readonly project: Project; readonly queues: readonly SavedQueue[]; readonly round: number | undefined }
  | { readonly kind: 'queue'; readonly id: string; readonly project: Project; readonly queue: SavedQueue; readonly counts: { readonly count: number; readonly undecided: number } | undefined }
  | { readonly kind: 'more'; readonly id: string; readonly bucketNode: string; readonly shown: number; readonly total: number };

export type SampleNode = Extract<TreeNode, { kind: 'sample' }>;

const kinds: ReadonlySet<string> = new Set(['project', 'hint', 'mistake', 'job', 'round', 'stage', 'note', 'figure', 'bucket', 'sample', 'more', 'queues', 'queue']);

/** Commands get a node from a menu, and anything else from a key binding or another extension. */
export function isTreeNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'id' in value && typeof value.kind === 'string' && kinds.has(value.kind);
}

/** The project that a node belongs to, where it has one. */
export function projectOfNode(value: unknown): Project | undefined {
  return isTreeNode(value) && 'project' in value ? value.project : undefined;
}
