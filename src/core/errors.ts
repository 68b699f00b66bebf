/** Codes are matched by code, never by message text. */
export type ErrorCode =
  | 'config-missing'
  | 'config-invalid'
  | 'dataset-missing'
  | 'dataset-unreadable'
  | 'round-locked'
  | 'round-missing'
  | 'job-interrupted'
  | 'journal-unreadable'
  | 'endpoint-unreachable'
  | 'endpoint-refused'
  | 'endpoint-key'
  | 'endpoint-protocol'
  | 'budget-spent'
  | 'trainer-failed'
  | 'checkpoint-unreadable'
  | 'checkpoint-stale'
  | 'engine-failed'
  | 'worker-failed'
  | 'label-changed'
  | 'not-trusted'
  | 'usage'
  | 'write-failed';

/**
 * The exceptional, as opposed to expected failures, which are values.
 * `userMessage` says what happened and what to do next, in one or two sentences without secrets or sample text.
 */
export class LoopToolError extends Error {
  override readonly name = 'LoopToolError';

  constructor(
    readonly code: ErrorCode,
    readonly userMessage: string,
    options?: { readonly cause?: unknown },
  ) {
    super(userMessage, options);
  }
}

export function isLoopToolError(error: unknown, code?: ErrorCode): error is LoopToolError {
  // By name: an error may come from a bundle that has the class too.
  return error instanceof Error && error.name === 'LoopToolError' && 'code' in error && (code === undefined || error.code === code);
}

/** Cancellation is not an error: callers test for it before they report anything. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'APIUserAbortError');
}
