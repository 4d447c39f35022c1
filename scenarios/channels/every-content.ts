import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "every-content",
  title: "Long texts, many children, an unborn child, æøå, other scripts and signs",
  because:
    "A message that is unusual and valid must arrive whole: an empty number for an unborn child, accents and long texts are no defects.",
  origin: "fiks.md 2.1, traps 2, 4 and 5; C11, C12",
  startsAt: "2023-09-05T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: (
    ["long", "many-children", "unborn", "accents", "decomposed", "right-to-left", "control-characters"] as const
  ).flatMap((content) => [
    sends(`${content}-offentlig`, fjordvik.number, { district: "01", version: 2, content }),
    sends(`${content}-privat`, fjordvik.number, { district: "01", messageKind: "privat", content }),
    waits({ minutes: 15 }),
  ]),
  faults: [],
  mustHold: arrives,
};
export default scenario;
