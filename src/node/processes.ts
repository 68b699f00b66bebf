import { readFileSync, readdirSync } from 'node:fs';
import { systemErrorCode } from './atomicFile.ts';

/** Whether a process of this machine lives. A process that we may not signal lives too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

/**
 * A mark that tells a process from a later one with the same pid: the start time in clock ticks where /proc has it.
 * Undefined elsewhere; there only the pid is compared.
 */
export function processMark(pid: number): string | undefined {
  return statFields(pid)?.[19];
}

/** Whether a process of this group lives. */
export function groupLives(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    if (systemErrorCode(error) !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  // Dead members that nobody waits for answer the signal too.
  return readdirSync('/proc').some((name) => {
    const fields = /^\d+$/.test(name) ? statFields(Number(name)) : undefined;
    return fields?.[2] === String(group) && fields[0] !== 'Z';
  });
}

export function signalGroup(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch {
    // Already gone.
  }
}

/** A child that was killed but not yet waited for keeps its pid; it does nothing any more. */
function isZombie(pid: number): boolean {
  return statFields(pid)?.[0] === 'Z';
}

/** Fields of /proc/PID/stat from the third on; the second, the name, may hold blanks and brackets. */
function statFields(pid: number): readonly string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
