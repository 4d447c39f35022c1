import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const entry = (name: string): string => fileURLToPath(new URL(`../../cli/entry/${name}.ts`, import.meta.url));

/** Tests that fail on purpose, to see what is told of them. */
const failing = process.env.FAILING === "1";

/** The vendor's example against the working tree: what the package exports to whoever has installed it. */
export default defineConfig({
  root: fileURLToPath(new URL(failing ? "." : "../../examples/vitest", import.meta.url)),
  resolve: { alias: { "komfrem/msw": entry("msw"), "komfrem/vitest": entry("vitest") } },
  test: { include: [failing ? "failing.fixture.ts" : "test/**/*.spec.ts"] },
}) as unknown;
