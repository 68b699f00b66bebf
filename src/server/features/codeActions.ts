import type { Feature } from '../feature.ts';

export const codeActions: Feature = { capabilities: {}, register: () => undefined };
