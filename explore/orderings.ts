import type { Random } from "../core/clock.ts";

/** What somebody does at an instant. */
export type ActName = "send" | "retry" | "receipt" | "read";
/** The end of a lifetime: of a copy on its channel, or of what lies upstream of it. Time goes there. */
export type EndName = "expiry" | "clean-up";
export type EventName = ActName | EndName;

/**
 * Where time comes to stand by the end of a lifetime, for all that is done there: a ms before it, at it and ahead of
 * the channel's own clock, at it and behind that clock, or a ms after.
 */
export type Moment = "-1 ms" | "0 ms, ahead" | "0 ms, behind" | "+1 ms";

export type Event =
  | { readonly name: ActName; readonly moment?: never }
  | { readonly name: EndName; readonly moment: Moment };

/** What happens with a message, one after the other; no time passes but towards the ends of lifetimes. */
export type Ordering = readonly Event[];

export const eventNames: readonly EventName[] = ["send", "retry", "receipt", "read", "expiry", "clean-up"];
export const moments: readonly Moment[] = ["-1 ms", "0 ms, ahead", "0 ms, behind", "+1 ms"];
/** How often each event may stand in an ordering. */
export const mostOfEach = 2;
/** Events in the longest orderings. */
export const longest = 7;

/** Everything that may come next where nothing has happened yet. */
export const everyEvent: readonly Event[] = eventNames.flatMap((name): Event[] =>
  name === "expiry" || name === "clean-up" ? moments.map((moment) => ({ name, moment })) : [{ name }],
);

/** What enumerating came to. */
export type Enumerated = {
  /** All there are, by the rules of counting alone. */
  readonly all: number;
  readonly possible: number;
  /** Those that cannot happen, by why. */
  readonly impossible: ReadonlyMap<string, number>;
};

/** `send, expiry (0 ms, ahead), read` */
export function orderingInWords(ordering: Ordering): string {
  return ordering.map(({ name, moment }) => (moment === undefined ? name : `${name} (${moment})`)).join(", ");
}

/**
 * Puts every ordering of one event or more to `visit`, each before those that go on from it.
 *
 * @param visit Says why the last event cannot happen after the others; then nothing that goes on from there is put.
 * @param most Events in the longest.
 */
export function everyOrdering(visit: (ordering: Ordering) => string | undefined, most: number = longest): Enumerated {
  let possible = 0;
  const impossible = new Map<string, number>();
  const ordering: Event[] = [];
  const goOn = (): void => {
    if (ordering.length === most) return;
    for (const event of nextAfter(ordering)) {
      ordering.push(event);
      const why = visit(ordering);
      if (why === undefined) {
        possible += 1;
        goOn();
      } else impossible.set(why, (impossible.get(why) ?? 0) + countFrom(ordering, most));
      ordering.pop();
    }
  };
  goOn();
  return { all: countOrderings(most), possible, impossible };
}

/** How many orderings of one event or more there are, whether they can happen or not. */
export function countOrderings(most: number = longest): number {
  return countFrom([], most) - 1;
}

/**
 * Draws one ordering, event by event, out of those that can happen.
 *
 * @param happens Makes an event happen, or says that it cannot.
 */
export function drawnOrdering(random: Random, happens: (event: Event) => boolean, most: number = longest): Ordering {
  const ordering: Event[] = [];
  const length = random.between(2, most);
  while (ordering.length < length) {
    let left = nextAfter(ordering);
    let happened: Event | undefined;
    while (happened === undefined && left.length > 0) {
      const names = [...new Set(left.map(({ name }) => name))];
      const name = names[random.between(0, names.length - 1)];
      const alike = left.filter((event) => event.name === name);
      const event = alike[random.between(0, alike.length - 1)] as Event;
      if (happens(event)) happened = event;
      else left = left.filter((other) => other !== event);
    }
    if (happened === undefined) break;
    ordering.push(happened);
  }
  return ordering;
}

function timesIn(ordering: Ordering, name: EventName): number {
  return ordering.reduce((times, event) => times + (event.name === name ? 1 : 0), 0);
}

function nextAfter(ordering: Ordering): readonly Event[] {
  return everyEvent.filter(({ name }) => timesIn(ordering, name) < mostOfEach);
}

/** How many orderings begin like this one, itself included. */
function countFrom(ordering: Ordering, most: number): number {
  const left = [0, 0, 0, 0, 0, 0];
  for (const name of eventNames) {
    const times = mostOfEach - timesIn(ordering, name);
    const at = 2 * times - (name === "expiry" || name === "clean-up" ? 1 : 2);
    if (times > 0) left[at] = (left[at] as number) + 1;
  }
  const [actsOnce = 0, endsOnce = 0, actsTwice = 0, endsTwice = 0] = left;
  return count(most - ordering.length, actsTwice, actsOnce, endsTwice, endsOnce);
}

const counted = new Map<string, number>();

function count(length: number, actsTwice: number, actsOnce: number, endsTwice: number, endsOnce: number): number {
  if (length === 0) return 1;
  const key = `${length} ${actsTwice} ${actsOnce} ${endsTwice} ${endsOnce}`;
  const known = counted.get(key);
  if (known !== undefined) return known;
  const next = length - 1;
  let sum = 1;
  if (actsTwice > 0) sum += actsTwice * count(next, actsTwice - 1, actsOnce + 1, endsTwice, endsOnce);
  if (actsOnce > 0) sum += actsOnce * count(next, actsTwice, actsOnce - 1, endsTwice, endsOnce);
  if (endsTwice > 0) sum += moments.length * endsTwice * count(next, actsTwice, actsOnce, endsTwice - 1, endsOnce + 1);
  if (endsOnce > 0) sum += moments.length * endsOnce * count(next, actsTwice, actsOnce, endsTwice, endsOnce - 1);
  counted.set(key, sum);
  return sum;
}
