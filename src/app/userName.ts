import { userInfo } from 'node:os';

/** As decisions name people. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // There are containers whose user has no name.
    return 'unknown';
  }
}
