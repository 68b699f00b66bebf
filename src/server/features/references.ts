import type { Feature } from '../feature.ts';

export const references: Feature = { capabilities: {}, register: () => undefined };
