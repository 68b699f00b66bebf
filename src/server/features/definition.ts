import type { Feature } from '../feature.ts';

export const definition: Feature = { capabilities: {}, register: () => undefined };
