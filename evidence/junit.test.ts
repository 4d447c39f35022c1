import { describe, expect, it } from "vitest";
import { HarnessError } from "../core/error.ts";
import { junit } from "./junit.ts";
import { believing, doubtful, failing, falseReceipt, passing } from "./runs.fixture.ts";

describe("JUnit XML", () => {
  it("is a testsuite a system and a testcase a scenario, with counts that add up", () => {
    const xml = junit([passing, failing, { ...doubtful, sut: { ...doubtful.sut, name: "mine" } }]);
    expect(xml).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="komfrem" tests="3" failures="2" errors="0" skipped="0" time="0\.036">\n/,
    );
    expect(xml).toContain(
      '<testsuite name="correct/store-then-receipt" tests="1" failures="0" errors="0" skipped="0" time="0.012">',
    );
    expect(xml).toContain('<testcase classname="correct/store-then-receipt" name="store-fails-once" time="0.012"/>');
    expect(xml).toContain(
      '<failure type="no-false-receipt" message="A: A was said to be received, and never became a case.">',
    );
  });

  it("carries the path, the blame and the command in a failure", () => {
    const xml = junit([failing]);
    expect(xml).toContain("◄ the handover broke here");
    expect(xml).toContain("To blame: integration");
    expect(xml).toContain(
      "Replay: npx komfrem run store-fails-once --integration faulty/receipt-before-store --seed 1",
    );
  });

  it("quotes the police's case for what they sent, and Familia's for what went through Fiks IO", () => {
    expect(junit([believing])).toContain("(incidents.md, case B, fact 5)");
    expect(junit([failing])).toContain("(incidents.md, case A, facts 1 and 4)");
  });

  it("fails an inconclusive run, unless it was accepted: silence must not look green", () => {
    expect(junit([doubtful])).toContain('<failure type="inconclusive" message="no-loss had nothing to judge.">');
    const accepted = junit([doubtful], [], { accepted: () => true });
    expect(accepted).toContain('failures="0" errors="0" skipped="1"');
    expect(accepted).toContain('<skipped message="no-loss had nothing to judge."/>');
  });

  it("has an error for a run that could not be performed", () => {
    const error = new HarnessError({
      happened: "Not ready.",
      because: "No token was asked for.",
      next: "Look at its log.",
    });
    expect(junit([], [{ ...passing, error }])).toContain('<error type="HarnessError" message="Not ready.">');
  });

  it("gives each seed a testcase of its own", () => {
    const xml = junit([passing, { ...passing, seed: 2 }]);
    expect(xml).toContain('name="store-fails-once (seed 1)"');
    expect(xml).toContain('name="store-fails-once (seed 2)"');
  });

  it("is well-formed whatever a text holds", () => {
    const happened = 'a<b> & "c"\u0000\u001b[31m\ud800]]>\n\tend\ufffe 😀';
    const broken = [{ delivery: "A", primary: { ...falseReceipt, happened }, attached: [] }];
    const xml = junit([{ ...failing, judged: { ...failing.judged, broken } }]);
    expect(xml).toContain(
      'message="A: a&lt;b&gt; &amp; &quot;c&quot;\ufffd\ufffd[31m\ufffd]]&gt;&#10;&#9;end\ufffd 😀"',
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no place for them.
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
    expect(xml.replaceAll(/<[^<>]*>/g, "")).not.toMatch(/[<>]/);
  });
});
