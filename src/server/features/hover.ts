import type { Feature } from '../feature.ts';

export const hover: Feature = { capabilities: {}, register: () => undefined };
