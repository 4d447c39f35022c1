import type { Document } from "./concern.ts";
import type { Policy } from "./policy.ts";

/** The documents of a message that are registered with it. */
export function registered(documents: readonly Document[], { attachments }: Policy): readonly Document[] {
  switch (attachments) {
    case "all":
      return documents;
    case "the first":
      return documents.slice(0, 1);
    case "one of each type":
      return [...new Map(documents.map((document) => [typeOf(document), document])).values()];
    case "none":
      return [];
  }
}

function typeOf({ name }: Document): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
