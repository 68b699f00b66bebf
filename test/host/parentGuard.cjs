'use strict';
// Loaded into the VS Code server: when whoever started it is gone, the server and its extension hosts go too.
if (/server-main\.js$/.test(process.argv[1] ?? '')) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(-process.pid, 'SIGKILL');
  }, 1_000).unref();
}
