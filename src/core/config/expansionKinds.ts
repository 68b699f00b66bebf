/** What a sibling may be; `same`: what its seed is. */
export const expansionKinds = ['same', 'single', 'parallel', 'multiTurn', 'ask', 'decline', 'recovery'] as const;
export type ExpansionKind = (typeof expansionKinds)[number];
