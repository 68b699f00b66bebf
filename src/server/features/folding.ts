import type { Feature } from '../feature.ts';

export const folding: Feature = { capabilities: {}, register: () => undefined };
