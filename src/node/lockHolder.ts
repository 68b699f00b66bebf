import { hostname } from 'node:os';
import * as z from 'zod';
import { isAlive, processMark } from './processes.ts';

/** Who holds a lock; `mark` tells the process from a later one with its number, where the system has such a mark. */
export const lockHolderSchema = z.object({ pid: z.number().int(), host: z.string(), mark: z.string().optional() });
export type LockHolder = Readonly<z.infer<typeof lockHolderSchema>>;

export function thisProcess(): LockHolder {
  const mark = processMark(process.pid);
  return { pid: process.pid, host: hostname(), ...(mark === undefined ? {} : { mark }) };
}

/** Whether the holder is known to be gone: of a process on another host nothing is known. */
export function hasEnded({ pid, host, mark }: LockHolder): boolean {
  if (host !== hostname()) return false;
  if (!isAlive(pid)) return true;
  const now = processMark(pid);
  return mark !== undefined && now !== undefined && now !== mark;
}
