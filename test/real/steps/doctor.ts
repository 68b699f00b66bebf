import { withServer, type RealContext } from '../support/context.ts';
import { CountingProxy } from '../support/countingProxy.ts';
import { endSimulated, looptool, makeProject } from '../support/project.ts';

const step = 'doctor';

/** What its screen has to say of this server. */
const expected = {
  'llama.cpp': /server +llama\.cpp/,
  'slots and context': /2,048 tokens a request, 4 requests at a time/,
  'log-probabilities': /log-probs +yes, of all tokens/,
  'tool in the prompt': /prompt +\d+ tokens.*holds the tool/,
  'raw prompts': /own prompt +taken at \/v1\/completions/,
  'greedy answers': /greedy +16 of 16 answers equal/,
} as const;

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
      const missing = Object.entries(expected).filter(([, pattern]) => !pattern.test(run.stdout)).map(([name]) => name);
      results.check(run.code === 0 && missing.length === 0, step, 'recognises the server', missing.length === 0 ? Object.keys(expected).join(', ') : `not seen: ${missing.join(', ')}`);
      if (run.stderr !== '') results.note(run.stderr);
    } finally {
      endSimulated(project);
      await proxy.close();
    }
  });
}
