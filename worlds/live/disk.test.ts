import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { limitDisk } from "./disk.ts";
import { removeFolder, runFolder } from "./orphans.ts";

const isRoot = process.platform === "linux" && process.getuid?.() === 0;
if (!isRoot) console.log("skipped: a data directory with a size of its own. It takes root on Linux.");

describe.skipIf(!isRoot)("a folder that is limited", () => {
  it("has no more room than it was given, and goes with the folder of its run", () => {
    const folder = runFolder();
    const data = join(folder, "data");
    mkdirSync(data);
    limitDisk(data, 1);
    writeFileSync(join(data, "fits"), Buffer.alloc(2 ** 19));
    expect(() => writeFileSync(join(data, "fits-not"), Buffer.alloc(2 ** 20))).toThrow("ENOSPC");
    removeFolder(folder);
    expect(existsSync(folder)).toBe(false);
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(folder);
  });
});
