import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "every-kind",
  title: "One message of every kind and version",
  because: "Letters and minutes were lost as well as concern messages: what holds for one kind must hold for all.",
  origin: "incidents.md, invariant 9; fiks.md 2",
  startsAt: "2023-09-04T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: (["offentlig", "privat"] as const).flatMap((messageKind) =>
    ([1, 2] as const).flatMap((version) => [
      sends(`${messageKind}-v${version}`, fjordvik.number, { district: "01", messageKind, version }),
      waits({ minutes: 15 }),
    ]),
  ),
  faults: [],
  mustHold: arrives,
};
export default scenario;
