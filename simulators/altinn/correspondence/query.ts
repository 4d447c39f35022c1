import {
  type CorrespondenceStatus,
  type Role,
  roleNumbers,
  statusNumbers,
} from "../../../contracts/altinn/statuses.ts";
import type { WireRequest } from "../../wire.ts";
import { type FieldErrors, Fields } from "./fields.ts";

/** What a list is asked for. Times in ms since the epoch. @source altinn.md 2.5 */
export type Query = {
  readonly resourceId: string;
  readonly role: Role;
  /** Whatever has ever had it. */
  readonly status: CorrespondenceStatus | undefined;
  /** Strictly after, by the time that publication was asked for. */
  readonly fromMs: number | undefined;
  /** Strictly before. */
  readonly toMs: number | undefined;
  readonly reference: string | undefined;
  readonly idempotentKey: string | undefined;
  /** Organisation number. */
  readonly onBehalfOf: string | undefined;
  /** By an id of Altinn 2: nothing in this world has one. */
  readonly isOfAltinn2: boolean;
};

export type ReadQuery =
  | { readonly kind: "read"; readonly query: Query }
  | { readonly kind: "invalid"; readonly errors: FieldErrors };

const organizationForm = /^(?:0192:|urn:altinn:organization:identifier-no:)\d{9}$/;

/** What an exchange is about and what it does are asked for one after the other: a query is read once for both. */
const known = new WeakMap<WireRequest["query"], ReadQuery>();

export function readQuery({ query }: WireRequest): ReadQuery {
  let read = known.get(query);
  if (read === undefined) {
    read = reading(query);
    known.set(query, read);
  }
  return read;
}

function reading(given: WireRequest["query"]): ReadQuery {
  const fields = new Fields(given, new Map(), true);
  const resourceId = fields.text("resourceId", { required: true }) ?? "";
  const onBehalfOf = fields.text("onBehalfOf", { form: organizationForm });
  const query: Query = {
    resourceId: resourceId.replace(/^urn:altinn:resource:/, ""),
    role: fields.choice("role", roleNumbers, { required: true }) ?? "Recipient",
    status: fields.choice("status", statusNumbers),
    fromMs: fields.time("from"),
    toMs: fields.time("to"),
    reference: fields.text("sendersReference") || undefined,
    idempotentKey: fields.guid("idempotentKey"),
    onBehalfOf: onBehalfOf?.slice(-9),
    isOfAltinn2: fields.whole("altinn2CorrespondenceId") !== undefined,
  };
  return fields.errors.size === 0 ? { kind: "read", query } : { kind: "invalid", errors: fields.errors };
}
