import * as z from 'zod';
import { readProjectView, type RoundView } from '../app/projectView.ts';
import type { StageName } from '../core/rounds/manifest.ts';
import type { Project } from './projects.ts';
import type { Services } from './services.ts';
import { isTreeNode, projectOfNode } from './tree/nodes.ts';

/** What links and buttons of our pages hand over in the place of a tree item. */
const placeSchema = z.object({ directory: z.string(), round: z.number().int() });
export type RoundPlace = z.infer<typeof placeSchema>;

export type RoundTarget = { readonly project: Project; readonly round: number | undefined };

/** The project and, where it names one, the round that a tree item or a link is about; else the project that the person chooses. */
export async function targetOf(services: Services, argument: unknown): Promise<RoundTarget | undefined> {
  const place = placeSchema.safeParse(argument);
  const linked = place.success ? services.projects.find(place.data.directory) : undefined;
  if (linked !== undefined) return { project: linked, round: place.data?.round };
  const project = projectOfNode(argument) ?? (await services.projects.choose());
  return project && { project, round: roundOfNode(argument) };
}

export function roundOfNode(argument: unknown): number | undefined {
  if (!isTreeNode(argument)) return undefined;
  if (argument.kind === 'round' || argument.kind === 'stage' || argument.kind === 'figure') return argument.round.round;
  return argument.kind === 'bucket' || argument.kind === 'sample' ? argument.round : undefined;
}

/** The newest round of which this stage is as wanted. */
export async function newestRoundWith(project: Project, stage: StageName, isWanted: (view: RoundView['stages'][number]) => boolean): Promise<RoundView | undefined> {
  const { rounds } = await readProjectView(project.directory, Date.now());
  return rounds.findLast(({ stages }) => stages.some((one) => one.stage === stage && isWanted(one)));
}
