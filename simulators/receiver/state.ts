/**
 * Where a registration stands. Staged and registered are on disk; queued and rejected are known to memory only, so that
 * a crash makes them new again.
 */
export type IntakeState = "new" | "queued" | "staged" | "registered" | "rejected";

export type IntakeMove = "queue" | "stage" | "register" | "reject" | "crash";

/** Every step of a registration, as data. Staging and registering are two durable steps: a crash may come between. */
export const intakeMoves: Readonly<Record<IntakeState, Readonly<Partial<Record<IntakeMove, IntakeState>>>>> = {
  new: { queue: "queued", stage: "staged" },
  queued: { stage: "staged", reject: "rejected", crash: "new" },
  staged: { register: "registered", crash: "staged" },
  registered: { crash: "registered" },
  rejected: { crash: "new" },
};

/** How the receiver's store or process is strained. */
export type Strain = "slow" | "queues" | "overloaded" | "locked" | "full";

/** What a strain does to a request: refuses it for now, takes it into memory, or nothing. */
export type StrainEffect =
  | { readonly kind: "refuses"; readonly status: 423 | 503 | 507; readonly strain: "overloaded" | "locked" | "full" }
  | { readonly kind: "queues"; readonly strain: "slow" | "queues" }
  | { readonly kind: "none" };

const none: StrainEffect = { kind: "none" };
const refusals: readonly Extract<StrainEffect, { kind: "refuses" }>[] = [
  { kind: "refuses", status: 503, strain: "overloaded" },
  { kind: "refuses", status: 507, strain: "full" },
  { kind: "refuses", status: 423, strain: "locked" },
];

/** Which strains touch which operation: the worklist for deviations has its own small store, which only an overload reaches. */
const touches: Readonly<Record<"overloaded" | "locked" | "full", readonly string[]>> = {
  overloaded: ["register", "upload", "lookup", "await", "deviate"],
  full: ["register", "upload"],
  locked: ["register", "upload"],
};

/**
 * What the strains in force do to an operation; the severest counts.
 *
 * @param until When each strain ends: the first instant it is over.
 */
export function strainOn(operation: string, until: ReadonlyMap<Strain, number>, nowMs: number): StrainEffect {
  if (until.size === 0) return none;
  const inForce = (strain: Strain): boolean => nowMs < (until.get(strain) ?? nowMs);
  for (const refusal of refusals)
    if (inForce(refusal.strain) && touches[refusal.strain].includes(operation)) return refusal;
  if (operation !== "register") return none;
  if (inForce("queues")) return { kind: "queues", strain: "queues" };
  if (inForce("slow")) return { kind: "queues", strain: "slow" };
  return none;
}
