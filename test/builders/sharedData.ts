import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const candidates = ['../../../shared', '../../../../shared'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Folder of the third-party data, beside the repository (or its worktrees); undefined where it is absent. */
export const sharedData: string | undefined = [process.env['LOOPTOOL_SHARED'] ?? '', ...candidates].map((path) => `${path}/data/data`).find((path) => existsSync(path));
