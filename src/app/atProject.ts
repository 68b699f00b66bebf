import { resolve } from 'node:path';

/** What a command needs besides its name to concern this project: nothing in the project's own folder, else ` --project DIR`, fit for a shell. */
export function atProject(project: string): string {
  if (resolve(project) === process.cwd()) return '';
  return ` --project ${/^[\w./\\:@%+=-]+$/.test(project) ? project : JSON.stringify(project)}`;
}
