import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HarnessError } from "../core/error.ts";
import { systemsNamed } from "./selection.ts";

const ours = (name: string): string => join(import.meta.dirname, `../integrations/${name}.ts`);

describe("--upgrade-to", () => {
  it("gives a system its next version, by name or by path", async () => {
    for (const next of ["correct/inbox-first", ours("correct/inbox-first")])
      expect(await systemsNamed([ours("correct/store-then-receipt")], next)).toMatchObject([
        { module: ours("correct/store-then-receipt"), next: ours("correct/inbox-first") },
      ]);
  });

  it("takes the place of the next version that we ship with a system", async () => {
    const [alone] = await systemsNamed(["faulty/moves-its-inbox"]);
    expect(alone?.next).toBe(ours("correct/inbox-first"));
    const [other] = await systemsNamed(["faulty/moves-its-inbox"], "faulty/moves-its-inbox");
    expect(other?.next).toBe(ours("faulty/moves-its-inbox"));
  });

  it.each(["correct", "correct/police-sender", "correct/there-is-none"])("refuses %s", async (next) => {
    await expect(systemsNamed(["correct/inbox-first"], next)).rejects.toThrow(HarnessError);
  });
});
