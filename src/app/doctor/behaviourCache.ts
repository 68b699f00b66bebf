import { join } from 'node:path';
import * as z from 'zod';
import { sha256Hex } from '../../core/hash.ts';
import { serverBehaviourSchema, type ServerBehaviour, type ServerIdentity } from '../../protocol/serverReport.ts';
import { writeFileAtomic } from '../../node/atomicFile.ts';
import { readText, type ProjectFiles } from '../../node/projectFiles.ts';
import { makeStateFolder } from '../../node/stateFolder.ts';

const fileSchema = z.object({ v: z.literal(1), behaviour: serverBehaviourSchema });

/** What was found out about a server is kept under everything that the server says of itself: another version, model or context is another server. */
function fileOf(files: ProjectFiles, baseUrl: string, { kind, version, model, ctx, slots, weights, speculative }: ServerIdentity): string {
  const { origin, pathname } = new URL(baseUrl);
  return join(files.state(), 'cache', 'servers', `${sha256Hex(JSON.stringify([origin + pathname, kind, version, model, ctx, slots, weights, speculative])).slice(0, 32)}.json`);
}

export async function readBehaviour(files: ProjectFiles, baseUrl: string, identity: ServerIdentity): Promise<ServerBehaviour | undefined> {
  const text = await readText(fileOf(files, baseUrl, identity)).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return fileSchema.parse(JSON.parse(text)).behaviour;
  } catch {
    return undefined;
  }
}

export async function keepBehaviour(files: ProjectFiles, baseUrl: string, identity: ServerIdentity, behaviour: ServerBehaviour): Promise<void> {
  await makeStateFolder(files);
  await writeFileAtomic(fileOf(files, baseUrl, identity), `${JSON.stringify({ v: 1, behaviour }, undefined, 2)}\n`);
}
