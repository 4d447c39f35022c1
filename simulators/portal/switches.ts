import { type Switch, switches } from "../../contracts/fiks/switches.ts";

export type PortalSwitch =
  | "retentionDays"
  | "ttlHours"
  | "paperAfterWorkingDays"
  | "dispatchSeconds"
  | "printHandoverMinutes"
  | "postedAfterHours"
  | "printerRefuses"
  | "newerVersionAccepted";

/** Switches of the portal, by name, with the value used where a scenario sets none; shared ones stand in `contracts/fiks`. */
export const portalSwitches: Readonly<Record<PortalSwitch, Switch>> = {
  retentionDays: switches.retentionDays,
  ttlHours: switches.ttlHours,
  paperAfterWorkingDays: switches.paperAfterWorkingDays,
  dispatchSeconds: {
    value: 1,
    allowed: [0, 1, 60],
    evidence: "inferred",
    means: "Seconds from accepting a message to handing it to Fiks IO.",
    source: "not published",
  },
  printHandoverMinutes: {
    value: 60,
    allowed: [0, 60, 1440],
    evidence: "inferred",
    means: "Minutes from choosing paper to handing the message to the print vendor.",
    source: "fiks.md 1.3: SENDT_PRINT; its time is not published",
  },
  postedAfterHours: {
    value: 24,
    allowed: [24, 72],
    evidence: "inferred",
    means: "Hours from the print vendor taking a message to the letter being handed to the post.",
    source: "fiks.md 1.3: LEVERT; its time is not published",
  },
  printerRefuses: {
    value: false,
    allowed: [false, true],
    evidence: "docs",
    means: "The print vendor cannot print; somebody follows up by hand.",
    source: "fiks.md 1.3: AVVIST_PRINT",
  },
  newerVersionAccepted: {
    value: true,
    allowed: [true, false],
    evidence: "inferred",
    means: "A v2 message to a district that supports V1 is taken and delivered as v2; otherwise it is answered 400.",
    source: "fiks.md 1.2 and 7: not published",
  },
};
