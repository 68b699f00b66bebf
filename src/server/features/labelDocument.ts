import type { Feature } from '../feature.ts';

export const labelDocument: Feature = { capabilities: {}, register: () => undefined };
