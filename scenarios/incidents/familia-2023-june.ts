import type { Scenario } from "../../core/scenario.ts";
import familia2023 from "./familia-2023.ts";

const scenario: Scenario = {
  ...familia2023,
  id: "familia-2023-june",
  title: "Bergen's 24 messages, with the portal's clock after 2 June 2023",
  because:
    "30 days instead of 14 give more time to notice, and save nothing: what was confirmed and not stored is deleted all the same.",
  origin: "incidents.md, case A: portal retention, and invariant 5",
  startsAt: "2023-06-05T08:00:00",
  switches: { retentionDays: 30 },
};
export default scenario;
