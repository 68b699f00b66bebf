import { fileURLToPath } from 'node:url';

/** The path of a document on this disk; undefined for `untitled:` and all other schemes. */
export function documentPath(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
