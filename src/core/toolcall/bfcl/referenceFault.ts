/** Where the reference itself raises, so that no verdict of it exists. Caught by the checker, never seen outside. */
export class ReferenceFault extends Error {}
