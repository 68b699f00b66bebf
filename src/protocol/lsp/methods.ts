/** Names of our own messages between editor and server; apart from their contracts, which are loaded when the first one is read. */
export const statusMethod = 'looptool/status';
export const dialectsMethod = 'looptool/dialects';
export const dialectMethod = 'looptool/dialect';
