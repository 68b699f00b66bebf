/** Request without parameters: journals were just written to, and what is shown of them is to be read again now. Answered with null. */
export const refreshResultsMethod = 'looptool/refreshResults';
