import { serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import type { HostStore } from "../../port/host.ts";
import { seededRandom } from "../random.ts";
import { ConflictError, Disk, storeOn } from "./disk.ts";

type Process = { readonly store: HostStore; kill(): void };

/** A store as a process sees it until it is killed. */
function processOn(disk: Disk): Process {
  let alive = true;
  return {
    store: storeOn(disk, (work) => (alive ? (async () => work())() : new Promise<never>(() => {}))),
    kill: () => {
      alive = false;
    },
  };
}

function disk(onSynced: (changed: ReadonlyMap<string, Uint8Array | undefined>) => void = () => {}): Disk {
  return new Disk(onSynced);
}

const bytes = (n: number): Uint8Array => serialize(n);

describe("a store over a crash", () => {
  it("keeps what was written and not synced where the process was killed", async () => {
    const there = disk();
    const first = processOn(there);
    await first.store.set("a", { n: 1 });
    first.kill();
    expect(await processOn(there).store.get("a")).toEqual({ n: 1 });
  });

  it("does nothing more for a process that was killed", async () => {
    const there = disk();
    const dead = processOn(there);
    let reached = false;
    const transaction = dead.store.transaction(async (view) => {
      await view.set("a", 1);
      dead.kill();
    });
    await new Promise((resolve) => setImmediate(resolve));
    for (const never of [transaction, dead.store.set("b", 1), dead.store.sync()])
      void never.then(
        () => {
          reached = true;
        },
        () => {
          reached = true;
        },
      );
    await new Promise((resolve) => setImmediate(resolve));
    expect(reached).toBe(false);
    expect(there.keys("")).toEqual([]);
  });

  it("keeps only what was synced over a power cut that nothing else survives", async () => {
    const there = disk();
    const { store } = processOn(there);
    await store.set("kept", "old");
    await store.set("gone", 1);
    await store.sync();
    await store.set("kept", "new");
    await store.delete("gone");
    await store.set("never", 1);
    there.powerCut("none", seededRandom(1));
    expect([await store.keys(), await store.get("kept"), await store.get("gone")]).toEqual([
      ["gone", "kept"],
      "old",
      1,
    ]);
  });

  /** What of ten unsynced writes is left, over many seeds. */
  function leftOver(survives: "prefix" | "subset"): string[][] {
    return Array.from({ length: 200 }, (_, seed) => {
      const there = disk();
      for (let n = 0; n < 10; n++) there.write(String(n), bytes(n));
      there.powerCut(survives, seededRandom(seed));
      return there.keys("");
    });
  }

  it("keeps a prefix of the unsynced writes, from none to all", () => {
    const left = leftOver("prefix");
    for (const keys of left) expect(keys).toEqual(Array.from({ length: keys.length }, (_, n) => String(n)));
    expect(new Set(left.map((keys) => keys.length)).size).toBe(11);
  });

  it("keeps any subset of the unsynced writes, late ones without earlier ones too", () => {
    const left = leftOver("subset");
    for (let n = 0; n < 10; n++) {
      const times = left.filter((keys) => keys.includes(String(n))).length;
      expect(times).toBeGreaterThan(60);
      expect(times).toBeLessThan(140);
    }
    expect(left.some((keys) => keys.includes("9") && !keys.includes("0"))).toBe(true);
    expect(left).toEqual(leftOver("subset"));
  });

  it("is synced where a power cut left it", () => {
    const there = disk();
    there.write("a", bytes(1));
    there.powerCut("prefix", { ...seededRandom(1), between: (_low, high) => high });
    there.powerCut("none", seededRandom(1));
    expect(there.keys("")).toEqual(["a"]);
  });

  it("is put back to what was synced at an instant, and can be put back to what came after that too", () => {
    let now = 0;
    const there = new Disk(
      () => {},
      () => now,
    );
    const at = (ms: number, ...writes: readonly (readonly [string, Uint8Array | undefined])[]): void => {
      now = ms;
      for (const [key, value] of writes) there.write(key, value);
      there.sync();
    };
    at(10, ["kept", bytes(1)], ["deleted", bytes(1)]);
    at(20, ["kept", bytes(2)], ["deleted", undefined], ["new", bytes(2)]);
    there.write("unsynced", bytes(3));
    now = 30;
    expect(there.putBack(19)).toEqual(
      new Map([
        ["kept", bytes(1)],
        ["deleted", bytes(1)],
        ["new", undefined],
      ]),
    );
    expect(there.keys("")).toEqual(["deleted", "kept"]);
    expect(there.read("kept")?.bytes).toEqual(bytes(1));
    there.powerCut("none", seededRandom(1));
    expect(there.keys("")).toEqual(["deleted", "kept"]);
    now = 40;
    there.putBack(20);
    expect(there.keys("")).toEqual(["kept", "new"]);
    expect(there.read("kept")?.bytes).toEqual(bytes(2));
  });

  it("tells of each key whose synced value changed, with its last value", () => {
    const told: [string, Uint8Array | undefined][][] = [];
    const there = disk((changed) => told.push([...changed]));
    there.write("a", bytes(1));
    there.write("a", bytes(2));
    there.write("b", bytes(3));
    there.write("b", undefined);
    expect(told).toEqual([]);
    there.sync();
    there.sync();
    expect(told).toEqual([
      [
        ["a", bytes(2)],
        ["b", undefined],
      ],
    ]);
  });
});

describe("what is read", () => {
  it("is a copy, bytes too", async () => {
    const { store } = processOn(disk());
    const mine = { bytes: Uint8Array.of(1, 2), list: [1] };
    await store.set("a", mine);
    mine.bytes[0] = 9;
    const read = (await store.get("a")) as typeof mine;
    expect(read).toEqual({ bytes: Uint8Array.of(1, 2), list: [1] });
    read.bytes[0] = 9;
    read.list.push(2);
    expect(await store.get("a")).toEqual({ bytes: Uint8Array.of(1, 2), list: [1] });
  });

  it("lists keys sorted, and those with a prefix alone", async () => {
    const { store } = processOn(disk());
    for (const key of ["inbox/b", "other", "inbox/a"]) await store.set(key, 1);
    expect(await store.keys()).toEqual(["inbox/a", "inbox/b", "other"]);
    expect(await store.keys("inbox/")).toEqual(["inbox/a", "inbox/b"]);
  });

  it("cannot be a function", async () => {
    await expect(processOn(disk()).store.set("a", () => {})).rejects.toThrow(/could not be cloned/);
  });
});

describe("a transaction", () => {
  it("loses no update of many at once", async () => {
    const { store } = processOn(disk());
    await Promise.all(
      Array.from({ length: 5 }, () =>
        store.transaction(async (view) => {
          await view.set("count", (((await view.get("count")) as number | undefined) ?? 0) + 1);
        }),
      ),
    );
    expect(await store.get("count")).toBe(5);
  });

  it("reads its own writes, which nobody else sees before it has ended", async () => {
    const { store } = processOn(disk());
    await store.set("a", 1);
    await store.transaction(async (view) => {
      await view.set("b", 2);
      await view.delete("a");
      expect([await view.get("a"), await view.get("b"), await view.keys()]).toEqual([undefined, 2, ["b"]]);
      expect([await store.keys(), await store.get("a")]).toEqual([["a"], 1]);
    });
    expect(await store.keys()).toEqual(["b"]);
  });

  it("writes nothing where it throws", async () => {
    const { store } = processOn(disk());
    const thrown = store.transaction(async (view) => {
      await view.set("a", 1);
      throw new Error("changed its mind");
    });
    await expect(thrown).rejects.toThrow("changed its mind");
    expect(await store.keys()).toEqual([]);
  });

  /** Runs a transaction that another write meets in its first try; says how often it was run. */
  async function tries(
    read: (view: Pick<HostStore, "get" | "keys">) => Promise<unknown>,
    meets: (store: HostStore) => Promise<void>,
  ): Promise<number> {
    const { store } = processOn(disk());
    await store.set("in/a", 1);
    let run = 0;
    await store.transaction(async (view) => {
      run++;
      await read(view);
      if (run === 1) await meets(store);
      await read(view);
      await view.set("done", run);
    });
    return run;
  }

  it("is run again where what it read was written, deleted or newly listed meanwhile", async () => {
    expect(
      await tries(
        (view) => view.get("in/a"),
        (store) => store.set("in/a", 1),
      ),
    ).toBe(2);
    expect(
      await tries(
        (view) => view.get("in/a"),
        (store) => store.delete("in/a"),
      ),
    ).toBe(2);
    expect(
      await tries(
        (view) => view.get("in/b"),
        (store) => store.set("in/b", 1),
      ),
    ).toBe(2);
    expect(
      await tries(
        (view) => view.keys("in/"),
        (store) => store.set("in/b", 1),
      ),
    ).toBe(2);
  });

  it("is not run again for a write to what it never read", async () => {
    expect(
      await tries(
        (view) => view.get("in/a"),
        (store) => store.set("in/b", 1),
      ),
    ).toBe(1);
    expect(
      await tries(
        (view) => view.keys("in/"),
        (store) => store.set("out/b", 1),
      ),
    ).toBe(1);
  });

  it("gives up with a ConflictError where others always write between, and has written nothing", async () => {
    const { store } = processOn(disk());
    let run = 0;
    const ended = store.transaction(async (view) => {
      await view.get("a");
      await store.set("a", ++run);
      await view.set("mine", true);
    });
    await expect(ended).rejects.toBeInstanceOf(ConflictError);
    await expect(ended).rejects.toMatchObject({ name: "ConflictError" });
    expect(run).toBeGreaterThan(1);
    expect(await store.keys()).toEqual(["a"]);
  });
});
