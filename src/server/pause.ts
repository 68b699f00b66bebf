/** Lets messages in that have arrived meanwhile: changes and cancellations. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
