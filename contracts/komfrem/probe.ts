/** How far a message has come in the system. Only `registered` and `opened` are a case. */
export type ProbeState = "held" | "queued" | "registered" | "opened" | "rejected";

/** One line of a probe's answer (`komfrem.probe/v1`): one thing the system durably holds. An absent field is unknown. */
export type ProbeItem = {
  /** Every identifier it is known by: wire ids and own. */
  readonly ids: readonly string[];
  readonly state: ProbeState;
  /** Municipality number. */
  readonly municipality?: string;
  readonly district?: string;
  readonly confidential?: boolean;
  /** Recipients, `4601-02`, whose staff can see it. */
  readonly visibleTo?: readonly string[];
  /** RFC 3339 with offset. */
  readonly registeredAt?: string;
  readonly caseId?: string;
  /** In order. */
  readonly parts?: readonly { readonly name?: string; readonly sha256?: string; readonly text?: string }[];
  /** Whether the fields given are all there is to know of it. */
  readonly complete: boolean;
  /** When it was read, RFC 3339 with offset. */
  readonly asOf: string;
};

/** The last line of a probe's answer, so that an empty answer can be complete. */
export type ProbeEnd = { readonly complete: boolean; readonly asOf: string };

export type ProbeLine = ProbeItem | ProbeEnd;
