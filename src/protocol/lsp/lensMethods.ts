/** Names alone: what imports them loads no schemas. */

/** Request without parameters: journals were just written to, and what is shown of them is to be read again now. Answered with null. */
export const refreshResultsMethod = 'looptool/refreshResults';

/** Notification with `VisibleLines`: which lines of a long document the person sees. Lenses are made around them. */
export const visibleLinesMethod = 'looptool/visibleLines';
