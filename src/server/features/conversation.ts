import type { Feature } from '../feature.ts';

export const conversation: Feature = { capabilities: {}, register: () => undefined };
