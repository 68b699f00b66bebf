export const findingFormats = ['human', 'json', 'github', 'sarif'] as const;
export type FindingFormat = (typeof findingFormats)[number];
