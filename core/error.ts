/** The harness could not do its job (exit 3): what happened, why, and what to do next. */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly happened: string;
  readonly because: string;
  readonly next: string;

  constructor(said: { readonly happened: string; readonly because: string; readonly next: string }) {
    super(`${said.happened}\n  Why:  ${said.because}\n  Next: ${said.next}`);
    this.happened = said.happened;
    this.because = said.because;
    this.next = said.next;
  }
}
