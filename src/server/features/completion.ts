import type { Feature } from '../feature.ts';

export const completion: Feature = { capabilities: {}, register: () => undefined };
