import type { Answer, Asker, HttpOperation, WireRequest } from "../../wire.ts";
import { type Caller, callerOf, type Demand } from "./caller.ts";
import type { Correspondence } from "./correspondence.ts";
import { guidOf } from "./fields.ts";
import { listOperation } from "./listing.ts";
import { readingOperations } from "./reading.ts";
import { answerOf, Refusal } from "./refusal.ts";
import { sendingOperations } from "./sending.ts";

export type Params = Readonly<Record<string, string>>;

/** Everything that an operation is handed once its token is found good. */
export type Call = {
  readonly request: WireRequest;
  readonly params: Params;
  readonly asker: Asker;
  readonly caller: Caller;
};

export type Route = {
  /** One word, of contracts/boundaries.ts. */
  readonly word: string;
  readonly method: string;
  /** After the base path. */
  readonly path: string;
  readonly demands: Demand;
  /** The media type that an Accept header must allow; undefined where none is looked at. */
  readonly produces: string | undefined;
  readonly about: HttpOperation["about"];
  readonly handle: (call: Call) => Answer;
};

const base = "/correspondence/api/v1";

/** Paths, headers and bodies of Correspondence. @source altinn.md, section 2 */
export function correspondenceOperations(service: Correspondence): readonly HttpOperation[] {
  return [...sendingOperations(service), listOperation(service), ...readingOperations(service)].map((route) =>
    operationOf(service, route),
  );
}

/** Every call goes through this: what it accepts, who asks, ids that are none, and errors in the service's form. */
function operationOf(service: Correspondence, route: Route): HttpOperation {
  const { word, method, path, demands, produces, about, handle } = route;
  return {
    operation: word,
    method,
    path: `${base}${path}`,
    about,
    handle: (request, params, asker): Answer => {
      try {
        if (produces !== undefined && !accepts(request, produces))
          throw new Refusal({ kind: "not acceptable", produces });
        const caller = callerOf(service, request, asker.party, demands);
        checkIds(params);
        return handle({ request, params, asker, caller });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return answerOf(error);
      }
    },
  };
}

/** The type itself or any, each by name: half a type, such as `text/*`, is refused. @source altinn.md 1.1, X8 */
function accepts({ headers: { accept } }: WireRequest, produces: string): boolean {
  if (accept === undefined) return true;
  const types = accept.split(",").map((one) => one.split(";")[0]?.trim().toLowerCase());
  return types.includes(produces) || types.includes("*/*");
}

/** @throws {Refusal} An id in the path is no GUID. */
function checkIds(params: Params): void {
  const wrong = Object.entries(params).filter(([, value]) => guidOf(value) === undefined);
  if (wrong.length > 0)
    throw new Refusal({ kind: "fields", errors: new Map(wrong.map(([name]) => [name, ["The value is not valid."]])) });
}
