import { expect } from 'vitest';

/** Matchers for parts of what is expected, as values of no type that would pass unseen. */
export const containing = (text: string): unknown => expect.stringContaining(text);
export const someString: unknown = expect.any(String);
export const someObject: unknown = expect.any(Object);
