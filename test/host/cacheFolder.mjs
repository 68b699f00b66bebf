import os from 'node:os';
import path from 'node:path';

/** Where test tools that are large and never change are kept between checkouts. LOOPTOOL_TEST_CACHE moves it. */
export function cacheFolder(name) {
  const base = process.env.LOOPTOOL_TEST_CACHE ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'looptool-test');
  return path.join(base, name);
}
