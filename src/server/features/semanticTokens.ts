import type { Feature } from '../feature.ts';

export const semanticTokens: Feature = { capabilities: {}, register: () => undefined };
