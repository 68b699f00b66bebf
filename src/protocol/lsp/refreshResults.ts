/** Notification without parameters: journals were just written to, and what is shown of them is to be read again now. */
export const refreshResultsMethod = 'looptool/refreshResults';
