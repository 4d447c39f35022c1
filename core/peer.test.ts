import { describe, expect, it } from "vitest";
import { HarnessError } from "./error.ts";
import { peer } from "./peer.ts";

describe("a package that few need", () => {
  it("is named where it is not installed, with the command that installs it", async () => {
    const load = async (): Promise<unknown> => import("nowhere-at-all" as string);
    const why = await peer("nowhere-at-all", load, "It was not done.").catch((error: unknown) => error);
    expect(why).toBeInstanceOf(HarnessError);
    expect(why).toMatchObject({
      happened: "It was not done.",
      because: expect.stringContaining("nowhere-at-all is not installed"),
      next: "npm install --save-dev nowhere-at-all",
    });
  });

  it("that is there and breaks, or lacks another itself, is not called missing", async () => {
    await expect(peer("pg", () => Promise.reject(new TypeError("broken")), "")).rejects.toThrow(TypeError);
    const other = Object.assign(new Error("Cannot find package 'else'"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(peer("pg", () => Promise.reject(other), "")).rejects.toBe(other);
  });
});
