/** The word for what an alarm is about; anything that could be free text is `other`. */
export type AlarmReason = string;

/** What an alarm says, read out of whatever it came as. */
export type Said = {
  /** All that is scanned for ids, and for content that must not be there. */
  readonly text: string;
  readonly reason: AlarmReason;
  /** The id it names as its source's, where it is written so that this can be told. */
  readonly sourceId: string | undefined;
};

const reasonForm = /^[a-z0-9:.-]{1,80}$/;
const opensJson = /^\s*\{/;
const reasonLine = /^reason:[ \t]*(\S+)[ \t]*$/im;

/**
 * Reads an alarm. Its own words count where its body is JSON, `{ source: { id }, reason }`; elsewhere the reason may
 * stand in a line of its own, `Reason: returned:unopened`.
 */
export function saidIn(text: string, body: string = text): Said {
  const json = opensJson.test(body) ? fieldsIn(body) : undefined;
  const reason = json === undefined ? reasonLine.exec(body)?.[1] : json.reason;
  const id = typeof json?.source === "object" ? (json.source as { readonly id?: unknown } | null)?.id : undefined;
  return {
    text,
    reason: typeof reason === "string" && reasonForm.test(reason) ? reason : "other",
    sourceId: typeof id === "string" ? id : undefined,
  };
}

function fieldsIn(text: string): { readonly reason?: unknown; readonly source?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
