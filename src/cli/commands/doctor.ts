import type { DoctorProgress, RunDoctorOptions } from '../../app/doctor/runDoctor.ts';
import { exitCodes, type Command } from '../context.ts';

export type DoctorCommandOptions = Omit<RunDoctorOptions, 'tell'> & { readonly discover: boolean };

export function doctorCommand({ discover, ...options }: DoctorCommandOptions): Command {
  return discover ? discoverCommand() : examineCommand(options);
}

function examineCommand(options: Omit<RunDoctorOptions, 'tell'>): Command {
  return async ({ app, writer, json, signal }) => {
    const { report, text } = await withLine(json, (tell) => app.doctor({ ...options, tell }, signal));
    writer.result('doctor', report, text);
    return report.servers.every(({ works }) => works) ? exitCodes.ok : exitCodes.findings;
  };
}

function discoverCommand(): Command {
  return async ({ app, writer, signal }) => {
    const { found, text } = await app.discoverServers(signal);
    writer.result('doctor --discover', { servers: found }, text);
    return exitCodes.ok;
  };
}

/** A line on the terminal that says what is being asked, gone when it ends. */
async function withLine<T>(json: boolean, work: (tell: (progress: DoctorProgress) => void) => Promise<T>): Promise<T> {
  const { stderr } = process;
  if (json || !stderr.isTTY) return work(() => undefined);
  try {
    return await work(({ role, host, what }) => void stderr.write(`\r\u001b[2K${role ?? host}: ${what}`));
  } finally {
    stderr.write('\r\u001b[2K');
  }
}
