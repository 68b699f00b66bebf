import type { App } from '../app/createApp.ts';
import type { AppPorts } from '../app/ports.ts';
import type { Writer } from './writers/writer.ts';

/** Exit codes of every command; documented in docs/cli.md. */
export const exitCodes = { ok: 0, findings: 1, failed: 2, stopped: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export type CliContext = {
  readonly app: App;
  readonly ports: AppPorts;
  readonly writer: Writer;
  readonly signal: AbortSignal;
  readonly json: boolean;
  /** Writes text to standard output as it is, all pieces and then a line end; for what is made to be piped. */
  readonly print: (pieces: Iterable<string>) => void;
  /** Writes text for people to standard error, with a line end. */
  readonly remark: (text: string) => void;
  /** What is said when a person stops the command, in the place of that it can be gone on with. */
  readonly sayOnStop: (text: string) => void;
};

export type Command = (context: CliContext) => Promise<ExitCode>;
/** Executes what was asked for. */
export type RunCommand = (command: Command, json: boolean) => Promise<void>;
