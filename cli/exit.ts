/** Exit code: the harness could not do its job. */
export const exitError = 3;
