import type { Switch } from "../fiks/switches.ts";
import { confirmDelay, leastFileLife, listCap, noticeDelay, reminderDelay, tokenLife } from "./lifetimes.ts";

export type AuthenticationSwitch = "altinnTokenMinutes";

/** Switches of Altinn's token exchange, by name, with the value used where a scenario sets none. */
export const authenticationSwitches: Readonly<Record<AuthenticationSwitch, Switch>> = {
  altinnTokenMinutes: {
    value: tokenLife.lasts.ms / 60_000,
    allowed: [5, 10, 30, 60],
    evidence: tokenLife.evidence,
    means: "Minutes an exchanged token lives.",
    source: tokenLife.source,
  },
};

export type CorrespondenceSwitch =
  | "confirmSeconds"
  | "confirmVerified"
  | "readEndsIt"
  | "dialogSeconds"
  | "scanSeconds"
  | "scanFindsMalware"
  | "leastFileDays"
  | "noticeMinutes"
  | "reminderDays"
  | "mailListCap"
  | "downloadAll";

/** Switches of Correspondence, by name, with the value used where a scenario sets none. */
export const correspondenceSwitches: Readonly<Record<CorrespondenceSwitch, Switch>> = {
  confirmSeconds: {
    value: confirmDelay.lasts.ms / 1000,
    allowed: [4, 60, 3600],
    evidence: confirmDelay.evidence,
    means: "Seconds from accepting a confirmation to the status that says so.",
    source: confirmDelay.source,
  },
  confirmVerified: {
    value: true,
    allowed: [true, false],
    evidence: "code",
    means: "An accepted confirmation is verified; if not, its status never comes.",
    source: "altinn.md 2.4, step 5: the status never appears if that check keeps failing",
  },
  readEndsIt: {
    value: false,
    allowed: [false, true],
    evidence: "inferred",
    means: "The sender's end state is Read: the first reading by a machine is a receipt.",
    source: "PORT.md, Where the facts of a message stand; altinn.md C7",
  },
  dialogSeconds: {
    value: 1,
    allowed: [0, 1, 60],
    evidence: "inferred",
    means: "Seconds from taking on a correspondence to its dialog, before which it is not published.",
    source: "altinn.md 2.4, step 1; its time is not published",
  },
  scanSeconds: {
    value: 5,
    allowed: [0, 5, 60, 900],
    evidence: "inferred",
    means: "Seconds a virus scan takes.",
    source: "altinn.md 1.8: normally seconds, design for minutes",
  },
  scanFindsMalware: {
    value: false,
    allowed: [false, true],
    evidence: "code",
    means: "The virus scan finds something in every file, and what they belong to fails.",
    source: "altinn.md 2.4, Attachment failures",
  },
  leastFileDays: {
    value: leastFileLife.lasts.ms / 86_400_000,
    allowed: [14, 1],
    evidence: leastFileLife.evidence,
    means: "Days that files must live at least: 14 in production, 1 in test.",
    source: leastFileLife.source,
  },
  noticeMinutes: {
    value: noticeDelay.lasts.ms / 60_000,
    allowed: [0, 5],
    evidence: noticeDelay.evidence,
    means: "Minutes from publication to the notice that was asked for.",
    source: noticeDelay.source,
  },
  reminderDays: {
    value: reminderDelay.lasts.ms / 86_400_000,
    allowed: [7, 1],
    evidence: reminderDelay.evidence,
    means: "Days unread until the reminder that was asked for, and the one that confidential mail always gets.",
    source: reminderDelay.source,
  },
  mailListCap: {
    value: listCap.count,
    allowed: [1000, 100],
    evidence: listCap.evidence,
    means: "Ids that a list holds at most; older ones are not shown.",
    source: listCap.source,
  },
  downloadAll: {
    value: true,
    allowed: [true, false],
    evidence: "code",
    means: "All files can be downloaded as one zip.",
    source: "altinn.md 2.1: may be switched off",
  },
};
