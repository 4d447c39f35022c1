import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { readPact } from "./read-pact.ts";
import { verified } from "./verifier.ts";

const pact = readPact(resolve(import.meta.dirname, "../../contracts/maskinporten/pact/integration-maskinporten.json"));
const nowhere = { providerUrl: "http://127.0.0.1:9" };

describe("Pact's verifier", () => {
  it("is named where it is not installed, and what to do", async () => {
    const folder = mkdtempSync(join(tmpdir(), "komfrem-without-pact-"));
    try {
      const script = join(folder, "pact-child.ts");
      copyFileSync(resolve(import.meta.dirname, "pact-child.ts"), script);
      await expect(verified(pact, nowhere, pathToFileURL(script))).rejects.toThrow(
        /@pact-foundation\/pact is not installed[\s\S]*npm install --save-dev @pact-foundation\/pact/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("that cannot do its work is an error, and not a verdict", async () => {
    const folder = mkdtempSync(join(tmpdir(), "komfrem-dying-"));
    try {
      await expect(verified(pact, nowhere, pathToFileURL(join(folder, "none.ts")))).rejects.toThrow("gave up");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says of a provider that is not there that nothing held", async () => {
    const [result] = await verified(pact, nowhere);
    expect(result?.held).toBe(false);
    expect(result?.why.length).toBeGreaterThan(0);
  });

  it("writes nothing where our own output goes", async () => {
    const script = `import { verified } from ${JSON.stringify(pathToFileURL(resolve(import.meta.dirname, "verifier.ts")).href)};
import { readPact } from ${JSON.stringify(pathToFileURL(resolve(import.meta.dirname, "read-pact.ts")).href)};
await verified(readPact(process.argv[1]), ${JSON.stringify(nowhere)});`;
    const file = resolve(import.meta.dirname, "../../contracts/maskinporten/pact/integration-maskinporten.json");
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, file]);
    let said = "";
    const hear = (bytes: Uint8Array): void => {
      said += Buffer.from(bytes).toString();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    expect(await new Promise((done) => child.on("close", done))).toBe(0);
    expect(said).toBe("");
  });
});
