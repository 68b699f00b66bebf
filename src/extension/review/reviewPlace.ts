import { resolve } from 'node:path';
import { Uri, workspace } from 'vscode';
import * as z from 'zod';
import { ProjectFiles } from '../../node/projectFiles.ts';
import type { Services } from '../services.ts';

/** What a review is about: a round of a project, or a file of predictions. The folder is where its decisions are kept. */
export const reviewPlaceSchema = z.discriminatedUnion('of', [
  z.object({ of: z.literal('round'), folder: z.string(), round: z.number().int() }),
  z.object({ of: z.literal('predictions'), folder: z.string(), file: z.string() }),
]);
export type ReviewPlace = Readonly<z.infer<typeof reviewPlaceSchema>>;

export function placeKey(place: ReviewPlace): string {
  return place.of === 'round' ? `${place.folder}|${place.round}` : `${place.folder}|${place.file}`;
}

/** The project that a file of predictions lies in, else the folder of the window that holds it, else its own folder. */
export function predictionsPlace(services: Services, uri: Uri): ReviewPlace {
  const folder = services.projects.of(uri)?.directory ?? workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? Uri.joinPath(uri, '..').fsPath;
  return { of: 'predictions', folder, file: uri.fsPath };
}

/** The file that an occurrence names: relative to the folder, as in looptool.json, or as it is. */
export function fileOf(folder: string, file: string): string {
  return resolve(new ProjectFiles(folder).root, file);
}
