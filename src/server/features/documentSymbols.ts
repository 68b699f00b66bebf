import type { Feature } from '../feature.ts';

export const documentSymbols: Feature = { capabilities: {}, register: () => undefined };
