import type { Feature } from '../feature.ts';

export const selectionRanges: Feature = { capabilities: {}, register: () => undefined };
