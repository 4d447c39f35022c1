import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const entry = (name: string): string => fileURLToPath(new URL(`../../cli/entry/${name}.ts`, import.meta.url));

/** The vendor's example against the working tree: what the package exports to whoever has installed it. */
export default defineConfig({
  root: fileURLToPath(new URL("../../examples/vitest", import.meta.url)),
  resolve: { alias: { "komfrem/msw": entry("msw"), "komfrem/vitest": entry("vitest") } },
  test: { include: ["test/**/*.spec.ts"] },
}) as unknown;
