import { withServer, type RealContext } from '../support/context.ts';
import { CountingProxy } from '../support/countingProxy.ts';
import { endSimulated, looptool, makeProject } from '../support/project.ts';

const step = 'doctor';

/** `looptool doctor` on a project whose policy is this server. */
export async function doctorStep(context: RealContext): Promise<void> {
  const { results } = context;
  if ((await looptool(context, ['doctor', '--help'])).code !== 0) {
    results.add('skipped', step, 'this build has no command doctor');
    return;
  }
  await withServer(context, { slots: 4 }, async (server) => {
    const proxy = await CountingProxy.start(server.port);
    const project = makeProject(context, 'doctor', proxy.baseUrl, {});
    try {
      const run = await looptool(context, ['doctor', '--project', project]);
      run.stdout.split('\n').forEach((line) => results.note(line));
      results.check(/llama\.cpp/i.test(run.stdout), step, 'recognises the server', `exit code ${run.code}`);
      if (run.stderr !== '') results.note(run.stderr);
    } finally {
      endSimulated(project);
      await proxy.close();
    }
  });
}
