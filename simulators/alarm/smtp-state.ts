/** Where a client is in a session; `data` until the line with nothing but a full stop. */
export type SmtpState = "new" | "ready" | "sender" | "recipients" | "data";

export type SmtpMove = "EHLO" | "HELO" | "MAIL" | "RCPT" | "DATA" | "RSET" | "taken";

/**
 * Every legal step, as data. Commands that change nothing (`NOOP`, `VRFY`, `QUIT`) are legal everywhere.
 *
 * @source RFC 5321 section 4.1.4
 */
export const smtpMoves: Readonly<Record<SmtpState, Readonly<Partial<Record<SmtpMove, SmtpState>>>>> = {
  new: { EHLO: "ready", HELO: "ready", RSET: "new" },
  ready: { EHLO: "ready", HELO: "ready", MAIL: "sender", RSET: "ready" },
  sender: { EHLO: "ready", HELO: "ready", RCPT: "recipients", RSET: "ready" },
  recipients: { EHLO: "ready", HELO: "ready", RCPT: "recipients", DATA: "data", RSET: "ready" },
  data: { taken: "ready" },
};
