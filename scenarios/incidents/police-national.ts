import { isWorkingDay, osloDayOf, osloEpochMs, osloMidnight } from "../../core/calendar.ts";
import type { Municipality, Scenario, Step } from "../../core/scenario.ts";
import { away, municipality, sends, standardDistrict, waits } from "../../core/scenario-verbs.ts";
import { invented } from "../country.ts";
import { isSeenThrough } from "../outcomes.ts";
import { asleep, awake, distributorOf, dutyOfficer } from "../places.ts";

const hourMs = 3_600_000;
const startsAt = "2019-01-02T08:00:00";
const messages = 11_400;
/** From one message to the next, over five years. */
const apartMs = Math.floor((1825 * 24 * hourMs) / messages);
/** The routine was a letter, and was bypassed in single cases: every 24th message. */
const bypassed = 24;
/** Messages that nobody opened, or opened too late: the police's count of 26 July 2023. */
const planted = { unopened: 151, late: 21 } as const;
const districts = 12;

const country = Array.from({ length: 350 }, (_, i) => {
  const { number, name, organizationNumber } = invented(6001 + i);
  return municipality(number, name, organizationNumber, [standardDistrict("01", `${name} barnevern`)]);
});
/** Nobody there ever heard of the channel. */
const sleeping = country.filter((_, i) => i % 9 === 0);
/** There the one who opens the mail is away for four weeks at a time, and nobody stands in. */
const alone = country.filter((_, i) => i % 9 === 4);
const watched = country.filter((_, i) => i % 9 !== 0 && i % 9 !== 4);

const at = (places: readonly Municipality[], nth: number): Municipality => {
  const place = places[nth % places.length];
  if (place === undefined) throw new Error("there is no such place");
  return place;
};

/** Whether somebody sits at their desk, with hours to go before it is evening. */
function isMorning(epochMs: number): boolean {
  const day = osloDayOf(epochMs);
  const hour = (epochMs - osloMidnight(day)) / hourMs;
  return isWorkingDay(day) && hour >= 8 && hour < 13;
}

type Country = { readonly steps: readonly Step[]; readonly planted: readonly string[] };

/** Every message of five years; those that bypass the routine are sent while somebody could open them the same day. */
function fiveYears(): Country {
  const startMs = osloEpochMs(startsAt);
  const steps: Step[] = [];
  const names: string[] = [];
  let due = 0;
  let byAltinn = 0;
  for (let i = 0; i < messages; i++) {
    const label = `d${String((i % districts) + 1).padStart(2, "0")}-${i + 1}`;
    if (i % bypassed === bypassed - 1) due += 1;
    if (due > 0 && isMorning(startMs + i * apartMs)) {
      due -= 1;
      const left = planted.unopened + planted.late - names.length;
      // Two of five go where nobody reads, until all that are planted are sent.
      const astray = left > 0 && byAltinn % 5 < 2;
      const late = astray && names.length % 8 === 7 && names.length < planted.late * 8;
      const place = astray ? at(late ? alone : sleeping, names.length) : at(watched, byAltinn);
      if (late) steps.push(away(distributorOf(place), { days: 26 }));
      steps.push(sends(label, place.number, { district: "01" }));
      if (astray) names.push(label);
      byAltinn += 1;
    } else steps.push(sends(label, at(country, i * 47).number, { district: "01", by: "letter" }));
    steps.push(waits({ seconds: Math.floor(apartMs / 1000) }));
  }
  return { steps, planted: names };
}

const built = fiveYears();

/** The messages that nobody opened, or opened too late. */
export const plantedNationally: readonly string[] = built.planted;

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "police-national",
  title: "Five years of the whole country: 12 districts, 350 municipalities, 11,400 messages",
  because:
    "Most concern messages went by letter. Of those that were sent in Altinn instead, 172 were not opened or were opened too late, and nobody looked at the list that said so.",
  origin: "incidents.md, case B: national result of 26 July 2023",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt,
  municipalities: country,
  people: [...awake(...watched, ...alone), ...asleep(...sleeping), dutyOfficer],
  switches: {},
  steps: built.steps,
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
