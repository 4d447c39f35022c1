/** The word for what an alarm is about; anything that could be free text is `other`. */
export type AlarmReason = string;

const reasonForm = /^[a-z0-9:.-]{1,80}$/;

/** The reason in an alarm's body: its own word where the body is JSON with a short `reason`, else `other`. */
export function reasonIn(text: string): AlarmReason {
  if (!text.includes('"reason"')) return "other";
  try {
    const { reason } = JSON.parse(text) as { readonly reason?: unknown };
    return typeof reason === "string" && reasonForm.test(reason) ? reason : "other";
  } catch {
    return "other";
  }
}
