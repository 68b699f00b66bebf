import type { Feature } from '../feature.ts';

export const codeLenses: Feature = { capabilities: {}, register: () => undefined };
