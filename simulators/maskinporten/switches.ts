import type { Switch } from "../../contracts/fiks/switches.ts";

export type MaskinportenSwitch = "tokenLifetimeSeconds" | "assertionSeconds" | "clockSkewSeconds";

/** Switches of Maskinporten, by name, with the value used where a scenario sets none. */
export const maskinportenSwitches: Readonly<Record<MaskinportenSwitch, Switch>> = {
  tokenLifetimeSeconds: {
    value: 120,
    allowed: [30, 120, 600],
    evidence: "docs",
    means: "Seconds an access token lives, by agreement with the scope's owner.",
    source: "Maskinporten: access_token_lifetime, 120 unless the API's owner sets another",
  },
  assertionSeconds: {
    value: 120,
    allowed: [120],
    evidence: "docs",
    means: "Most seconds between iat and exp of a grant.",
    source: "Maskinporten: jwt-bearer grants live at most 120 seconds",
  },
  clockSkewSeconds: {
    value: 10,
    allowed: [0, 10, 60],
    evidence: "inferred",
    means: "Seconds a client's clock may be off before its grants are refused.",
    source: "inferred: a small tolerance; not published",
  },
};
