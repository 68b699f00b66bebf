import * as assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { buildProject, writeJob } from '../../builders/builtProject.ts';
import { childrenAt, eventually, extensionApi, freshFolder, removeFolder } from './extensionUnderTest.ts';

/** A process that lives until it is told to end, as a job does whose window was closed. */
function livingProcess(): { readonly pid: number; end(): Promise<void> } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  assert.ok(child.pid, 'the process did not start');
  return {
    pid: child.pid,
    end: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

describe('jobs', () => {
  let folder: string;
  beforeEach(() => {
    folder = freshFolder('jobs');
    buildProject(folder);
  });
  afterEach(() => removeFolder(folder));

  it('that this window did not start are attached to, and shown as interrupted when their process dies', async () => {
    const api = await extensionApi();
    const job = livingProcess();
    try {
      writeJob(folder, { pid: job.pid, round: 1, stage: 'compose', done: 2, total: 8 });
      await api.refresh();
      const running = await eventually('the running job', () => api.monitor.running);
      assert.equal(running.view.job.pid, job.pid);
      const stage = (await childrenAt(api, 'weather', 'Round 1')).find((c) => c.label === 'Compose');
      assert.match(String(stage?.item.description), /^2\/8/);
    } finally {
      await job.end();
    }
    // No refresh: the monitor itself looks at a running job once a second.
    const cut = await eventually('the interrupted job', () => api.monitor.resumable);
    assert.equal(cut.view.state, 'interrupted');
    assert.equal(api.monitor.running, undefined);
    assert.ok((await childrenAt(api, 'weather')).some((c) => c.label === 'Job interrupted'));
  });

  it('that were stopped can be resumed, like those that were cut off', async () => {
    const api = await extensionApi();
    writeJob(folder, { status: 'stopped', command: 'train', message: 'Stopped.' });
    await api.refresh();
    assert.equal(api.monitor.resumable?.view.state, 'stopped');
    const row = (await childrenAt(api, 'weather')).find((c) => c.label === 'Job stopped');
    assert.equal(row?.item.contextValue, 'job;stopped');
    writeJob(folder, { id: 'job-2', startedAt: '2999-01-01T00:00:00.000Z', status: 'done' });
    await api.refresh();
    assert.equal(api.monitor.resumable, undefined);
  });

  it('are told of once at their end', async () => {
    const api = await extensionApi();
    const ended: string[] = [];
    const subscription = api.monitor.onDidEnd(({ view }) => ended.push(`${view.job.id} ${view.state}`));
    const job = livingProcess();
    try {
      writeJob(folder, { id: 'told', pid: job.pid });
      await api.refresh();
      writeJob(folder, { id: 'told', pid: job.pid, status: 'done' });
      await eventually('the end of the job', () => ended.length > 0);
      await api.refresh();
      assert.deepEqual(ended, ['told done']);
    } finally {
      subscription.dispose();
      await job.end();
    }
  });
});
