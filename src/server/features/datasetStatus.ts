import type { Feature } from '../feature.ts';

export const datasetStatus: Feature = { capabilities: {}, register: () => undefined };
