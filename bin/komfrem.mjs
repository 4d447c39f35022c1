#!/usr/bin/env node
// Parses on any Node: finds one that is new enough, or says what is wrong and what to do.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const [major, minor] = process.versions.node.split(".").map(Number);
const newEnough = major > 22 || (major === 22 && minor >= 22);

if (newEnough) {
  // The package has no sources: where they are, they are meant, whatever an earlier build left behind.
  const source = new URL("../cli/main.ts", import.meta.url);
  const { main } = await import(
    existsSync(source) ? source.href : new URL("../dist/cli/main.js", import.meta.url).href
  );
  const code = await main(process.argv.slice(2));
  // Whatever is still open ends with it, once all that was said is written.
  await Promise.all([process.stdout, process.stderr].map((out) => new Promise((written) => out.write("", written))));
  process.exit(code);
} else {
  const node = process.env.KOMFREM_NODE_TRIED === "1" ? undefined : newerNode();
  if (node === undefined) {
    console.error(
      `Komfrem cannot start.\n  Why:  it needs Node 22.22 or newer, and this is Node ${process.versions.node} (${process.execPath}).\n  Next: install a newer Node, or run "npm install --no-save node-${process.platform}-${process.arch}@24" beside Komfrem and start it again.`,
    );
    process.exit(3);
  }
  const child = spawn(node, [...process.execArgv, process.argv[1], ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, KOMFREM_NODE_TRIED: "1" },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal !== null) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 3);
  });
  child.on("error", (error) => {
    console.error(
      `Komfrem cannot start.\n  Why:  ${node} did not run: ${error.message}\n  Next: install Node 22.22 or newer.`,
    );
    process.exit(3);
  });
}

/** A Node that a package of this machine's platform brought, if one was installed beside us. */
function newerNode() {
  try {
    const require = createRequire(import.meta.url);
    const manifest = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
    const { bin } = require(manifest);
    const path = join(dirname(manifest), typeof bin === "string" ? bin : bin.node);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
