import type { Subject } from "../core/boundary.ts";
import { parseSubject, subjectOf } from "../core/boundary.ts";
import type { CopyId } from "../core/names.ts";
import type { About } from "./wire.ts";

const start: About = { subject: { kind: "state", state: "start" }, copies: [] };

/** An exchange about no message. */
export function aboutNothing(): About {
  return start;
}

const mostKept = 4096;
const subjects = new Map<CopyId, Subject>();

/** An exchange about one copy. */
export function aboutCopy(copy: CopyId): About {
  let subject = subjects.get(copy);
  if (subject === undefined) {
    subject = parseSubject(copy);
    if (subjects.size >= mostKept) subjects.clear();
    subjects.set(copy, subject);
  }
  return { subject, copies: [copy] };
}

/** An exchange about these copies; about nothing if there are none. */
export function aboutCopies(copies: readonly CopyId[]): About {
  return copies.length === 0 ? start : { subject: subjectOf(copies), copies };
}

/** Numbers a party's requests whose message cannot be told: `?1`, `?2` by order of arrival. */
export class Unknowns {
  #count = 0;

  about(doubt: string): About {
    this.#count += 1;
    return { subject: { kind: "unknown", n: this.#count }, copies: [], doubt };
  }
}
