import type { Feature } from '../feature.ts';

export const workspaceSymbols: Feature = { capabilities: {}, register: () => undefined };
