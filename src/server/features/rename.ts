import type { Feature } from '../feature.ts';

export const rename: Feature = { capabilities: {}, register: () => undefined };
