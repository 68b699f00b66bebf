import type { RunnerEvent } from '../../protocol/runnerEvents.ts';

/** Shows what a command does. Results of commands without a job come as `result`. */
export interface Writer {
  event(event: RunnerEvent): void;
  /** `text` is for people, `data` for programs. */
  result(command: string, data: unknown, text: string): void;
  error(code: string, message: string): void;
}
