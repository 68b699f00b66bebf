import type { Feature } from '../feature.ts';

export const inlayHints: Feature = { capabilities: {}, register: () => undefined };
