import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { HarnessError } from "../core/error.ts";
import { receiver } from "./receiver.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-receiver-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const text = join(folder, "text.sqlite");
writeFileSync(text, "This is no database.");
const later = join(folder, "later.sqlite");
new DatabaseSync(later).exec("CREATE TABLE messages (a); PRAGMA user_version = 2");

describe("komfrem receiver", () => {
  it.each([
    ["a store of another kind", ["--store", "mysql://me:secret@127.0.0.1/x"], /--store takes sqlite:<file>/],
    ["a database that nobody answers for", ["--store", "postgres://me:secret@127.0.0.1:1/x"], /ECONNREFUSED/],
    ["a file in a folder that is not there", ["--store", `sqlite:${folder}/none/x.sqlite`], /unable to open/],
    ["a file that is no database", ["--store", `sqlite:${text}`], /not a database/],
    ["a file of a later version", ["--store", `sqlite:${later}`], /Its version is 2/],
    ["a strain that there is not", ["--store", "memory", "--strain", "tired"], /--strain tired cannot be used/],
  ])("does not start with %s, and says so without a password", async (_, args, expected) => {
    const error: unknown = await receiver(args).catch((why: unknown) => why);
    expect(error).toBeInstanceOf(HarnessError);
    expect(String(error)).toMatch(expected);
    expect(String(error)).not.toContain("secret");
  });
});
