import { describe, expect, it } from "vitest";
import { Progress } from "./progress.ts";
import { failing, passing } from "./runs.fixture.ts";

function shown(isTTY: boolean): string {
  let text = "";
  const stream = { isTTY, columns: 40, write: (more: string) => (text += more) };
  const progress = new Progress(3, stream);
  progress.ended(passing);
  progress.ended(failing);
  progress.failed("other", "mine");
  progress.end();
  return text;
}

describe("progress", () => {
  it("is one line a run where there is no terminal", () => {
    expect(shown(false)).toBe(
      "1/3 passed: store-fails-once, correct/store-then-receipt\n2/3 failed: store-fails-once, faulty/receipt-before-store\n3/3 not run: other, mine\n",
    );
  });

  it("is one changing line on a terminal, never wider than it, and gone at the end", () => {
    const clear = "\r\u001b[2K";
    const [before, ...lines] = shown(true).split(clear);
    expect(before).toBe("");
    expect(lines).toEqual([
      "1/3  store-fails-once, correct/store-t…",
      "2/3, 1 failed  store-fails-once, fault…",
      "3/3, 1 failed  other, mine",
      "",
    ]);
  });
});
