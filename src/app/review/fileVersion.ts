import { stat } from 'node:fs/promises';

/** Tells one state of a file from another. */
export async function fileVersion(path: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return `${ino} ${size} ${mtimeNs}`;
}
