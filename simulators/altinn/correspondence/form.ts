import { boundaryOf, MultipartError, readMultipart } from "../../multipart.ts";
import type { Bytes, WireRequest } from "../../wire.ts";

/** A file of an upload. */
export type FormFile = { readonly fileName: string; readonly bytes: Bytes };

export type ReadForm =
  | { readonly kind: "form"; readonly values: Readonly<Record<string, unknown>>; readonly files: readonly FormFile[] }
  | { readonly kind: "unreadable" };

type Node = { [name: string]: Node | unknown };

/** A step into an object or a list: `.Content`, `[0]`, `[kommunenummer]`. */
const stepForm = /([^.[\]]+)|\[([^\]]*)\]/g;
const mostSteps = 12;

/**
 * Reads `Correspondence.Content.Attachments[0].FileName` and its like out of `multipart/form-data`, as the object that a
 * JSON body would be. A part with a file name is a file, whatever it is called.
 *
 * @source altinn.md 2.1
 */
export function readForm({ headers, body }: WireRequest): ReadForm {
  const boundary = boundaryOf(headers["content-type"]);
  if (boundary === undefined) return { kind: "unreadable" };
  const root = node();
  const files: FormFile[] = [];
  try {
    for (const { name, fileName, body: content } of readMultipart(body, boundary)) {
      if (fileName === undefined) put(root, name, Buffer.from(content).toString("utf8"));
      else files.push({ fileName, bytes: content });
    }
  } catch (error) {
    if (error instanceof MultipartError) return { kind: "unreadable" };
    throw error;
  }
  return { kind: "form", values: listsIn(root) as Node, files };
}

function node(): Node {
  return Object.create(null) as Node;
}

function put(root: Node, path: string, value: string): void {
  const steps = [...path.matchAll(stepForm)].map(([, name, index]) => name ?? index ?? "");
  const last = steps.pop();
  if (last === undefined || steps.length > mostSteps) return;
  let at = root;
  for (const step of steps) {
    const key = keyIn(at, step);
    const next = at[key];
    if (typeof next === "object" && next !== null && !Array.isArray(next)) at = next as Node;
    else {
      const made = node();
      at[key] = made;
      at = made;
    }
  }
  const key = keyIn(at, last);
  const known = at[key];
  // The same name once more makes a list.
  if (known === undefined) at[key] = value;
  else at[key] = Array.isArray(known) ? [...known, value] : [known, value];
}

/** Names are the same in any case. */
function keyIn(at: Node, step: string): string {
  const low = step.toLowerCase();
  return Object.keys(at).find((key) => key.toLowerCase() === low) ?? step;
}

/** What has only numbers for names is a list. */
function listsIn(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, listsIn(one)] as const);
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key)))
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, one]) => one);
  return Object.fromEntries(entries);
}
