import type { Feature } from '../feature.ts';

export const documentLinks: Feature = { capabilities: {}, register: () => undefined };
