import { expect, it } from "vitest";
import { HarnessError } from "../../core/error.ts";
import { type Performed, repeatable } from "./repeatable.ts";

/** One performance after the other, and how far each was asked to come. */
function performances(...wanted: readonly Performed[]) {
  const asked: (number | undefined)[] = [];
  const perform = async ({ postAt }: { readonly postAt?: number }): Promise<Performed> => {
    const performed = wanted[asked.length];
    if (performed === undefined) throw new Error("performed once too often");
    asked.push(postAt);
    return performed;
  };
  return { asked, perform };
}

const stuck = (at: number): Performed => ({ kind: "stuck", at });
const spinning: Performed = { kind: "spinning", entries: [], log: ["so far"] };

it("asks one that stopped earlier than before for no more than that", async () => {
  const { asked, perform } = performances(stuck(9), stuck(4), stuck(7), spinning);
  expect(await repeatable(perform)).toMatchObject({ spins: true, reply: { log: ["so far"] } });
  expect(asked).toEqual([undefined, 9, 4, 4]);
});

it("is an error, and no empty ledger, where each try stops somewhere else", async () => {
  const { asked, perform } = performances(stuck(9), stuck(8), stuck(7), stuck(6));
  await expect(repeatable(perform)).rejects.toThrow(HarnessError);
  expect(asked).toHaveLength(4);
});

it("decides nothing by a run that came to its end only when it was done again", async () => {
  const { perform } = performances(stuck(9), { kind: "done", entries: [], log: [], tookMs: 1 });
  expect((await repeatable(perform)).spins).toBe(true);
});
