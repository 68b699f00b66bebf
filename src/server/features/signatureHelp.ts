import type { Feature } from '../feature.ts';

export const signatureHelp: Feature = { capabilities: {}, register: () => undefined };
