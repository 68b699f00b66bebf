/** Fixed questions whose greedy answers stand for weights that cannot be looked into. They are part of fingerprints: never changed. */
export const fingerprintPrompts = ['Continue with the next five numbers: 3, 9, 27,', 'Name the capital of France and one river in it.', 'Write one sentence about rain.'] as const;
